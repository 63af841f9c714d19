/* Söker i de publicerade synpunkterna, som ligger i filerna sok-ÅR.js. Inget skickas någonstans. */
"use strict";
(function () {
  var all = [], form = document.getElementById("sok"), field = document.getElementById("ord");
  var count = document.getElementById("antal"), list = document.getElementById("traffar");
  var endings = /(?:arnas|ernas|ornas|andes|heten|heter|arna|erna|orna|ande|aren|ades|ade|are|ens|ets|ern|ast|ar|er|or|en|et|an|as|es|na|at|a|e|s|t|n)$/;
  window.synpunkter = function (rows) { all = all.concat(rows); };
  function stem(word) { return word.length > 4 ? word.replace(endings, "") : word; }
  function words(text) { return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) || []; }
  function hits(wanted) {
    return all.filter(function (row) {
      var own = row.own || (row.own = words(row.w));
      return wanted.every(function (part) { return own.some(function (word) { return word.indexOf(part) === 0; }); });
    });
  }
  function item(row) {
    var li = document.createElement("li"), a = document.createElement("a"), facts = document.createElement("span");
    a.href = "arende/" + row.n + ".html";
    a.textContent = row.t;
    facts.className = "facts";
    facts.textContent = row.f;
    li.append(a, " ", facts);
    return li;
  }
  form.hidden = false;
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var wanted = words(field.value).map(stem), found = wanted.length ? hits(wanted) : [];
    found.sort(function (a, b) { return a.d < b.d ? 1 : -1; });
    count.textContent = !wanted.length ? "Skriv ett ord att söka efter."
      : found.length === 0 ? "Inga synpunkter hittades."
      : found.length === 1 ? "En synpunkt hittades."
      : found.length + " synpunkter hittades" + (found.length > 100 ? ". De 100 senaste visas." : ".");
    list.replaceChildren.apply(list, found.slice(0, 100).map(item));
  });
}());
