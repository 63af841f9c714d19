"""Archive packages: the register's cases in the form that a Swedish e-archive takes over.

FGS Ärendehantering 2.0 is CITS ERMS, FGS Paketstruktur 2.0 is E-ARK CSIP and SIP 2.1.0. `contents` reads the register,
`erms` describes the cases, `mets` names the files, `package` writes it all down so that a broken run is taken up again,
`reading` reads a package back.
"""
