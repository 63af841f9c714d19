"""Can the tests fail? The code is changed in one place after another, and each change must make a test fail.

It is a sampler of our own for three reasons. Each change costs a fork, and then only the tests that run over the
changed line, the most telling first: mostly under a second, where cosmic-ray starts the tests anew for each. A seed
draws a sample that is large enough to judge by. And mutmut would bring libcst, a terminal interface and a second copy
of the code, in which what belongs to a test is known by function and not by line.
"""
