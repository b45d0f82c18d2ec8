extension HTMLDocument {
  /// Sorting by a click on a column's head, and a field that filters the rows of long tables. The tables are complete
  /// without it; both work with a keyboard, and a screen reader is told what happened.
  static let script: Markup = """
    document.querySelectorAll("table.sortable").forEach(function (table) {
      var body = table.tBodies[0];
      var original = Array.from(body.rows);
      function key(row, column) {
        var cell = row.cells[column], text = cell.dataset.value || "";
        for (var node = cell.firstChild; !cell.dataset.value && node && !/^(SMALL|BR|DETAILS)$/.test(node.nodeName);
          node = node.nextSibling) { text += node.textContent; }
        text = text.trim();
        if (!cell.classList.contains("number")) { return text.toLowerCase(); }
        var found = /[−-]?\\d[\\d,]*(\\.\\d+)?(e[−-]?\\d+)?/i.exec(text);
        var number = found ? parseFloat(found[0].replace(/−/g, "-").replace(/,/g, "")) : NaN;
        return text.charAt(0) === "<" ? number - 1e-12 : number;
      }
      Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
        if (head.tagName !== "TH") { return; }
        var button = document.createElement("button");
        button.type = "button";
        while (head.firstChild) { button.appendChild(head.firstChild); }
        head.appendChild(button);
        button.addEventListener("click", function () {
          var before = head.getAttribute("aria-sort");
          table.querySelectorAll("[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
          var rows = original.slice();
          if (before !== "descending") {
            var sign = before === "ascending" ? -1 : 1;
            head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
            rows.sort(function (a, b) {
              var x = key(a, column), y = key(b, column);
              /* A cell without a number is the last in either direction. */
              if (x !== x || y !== y) { return (x !== x) - (y !== y) || original.indexOf(a) - original.indexOf(b); }
              return x < y ? -sign : x > y ? sign : original.indexOf(a) - original.indexOf(b);
            });
          }
          rows.forEach(function (row) { body.appendChild(row); });
        });
      });
      if (original.length > 15) {
        var label = document.createElement("label");
        label.className = "filter";
        label.append("Filter ");
        var field = document.createElement("input");
        field.type = "search";
        var status = document.createElement("span");
        status.setAttribute("role", "status");
        label.append(field);
        field.addEventListener("input", function () {
          var wanted = field.value.toLowerCase(), shown = 0;
          original.forEach(function (row) {
            row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0;
            if (!row.hidden) { shown += 1; }
          });
          status.textContent = wanted ? shown + " of " + original.length : "";
        });
        var line = document.createElement("div");
        line.className = "filter-line";
        line.append(label, status);
        table.parentNode.parentNode.insertBefore(line, table.parentNode);
      }
    });
    """
}
