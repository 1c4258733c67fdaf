// Keys for whoever decides on suggestions, and the text scrolled to what is marked. The page works without it.
(function () {
  "use strict";
  var list = document.getElementById("suggestions");
  var sheet = document.getElementById("sheet");
  if (!list || !sheet) return;

  var mark = document.getElementById("e1");
  if (mark && sheet.scrollHeight > sheet.clientHeight && !location.hash) {
    sheet.scrollTop += mark.getBoundingClientRect().top - sheet.getBoundingClientRect().top - sheet.clientHeight / 3;
  }

  function claims() {
    return Array.prototype.slice.call(list.querySelectorAll(".claim"));
  }
  function current() {
    return document.activeElement.closest(".claim") || list.querySelector(".claim[data-current]");
  }
  function next(from) {
    var all = claims();
    var at = all.indexOf(from);
    var waiting = all.slice(at + 1).concat(all.slice(0, at + 1)).filter(function (claim) {
      return claim.querySelector(".yes") && claim !== from;
    });
    if (waiting[0]) location.href = waiting[0].querySelector("a").href;
  }
  // Only while the focus is in the list, so that nobody decides by speaking or mistyping (WCAG 2.1.4).
  list.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    var claim = current();
    var button = { a: ".yes", r: ".no" }[event.key];
    if (event.key === "n") next(claim);
    else if (button && claim && claim.querySelector(button) && !event.repeat) claim.querySelector(button).click();
    else return;
    event.preventDefault();
  });
})();
