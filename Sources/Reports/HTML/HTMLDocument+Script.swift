extension HTMLDocument {
  /// Sorting by a click on a column's head, and a field that filters the rows of long tables. The tables are complete
  /// without it; both work with a keyboard, and a screen reader is told what happened.
  static let script: Markup = """
    document.querySelectorAll("table.sortable").forEach(function (table) {
      var body = table.tBodies[0];
      var original = Array.from(body.rows);
      function key(row, column) {
        var cell = row.cells[column];
        var text = (cell.dataset.value || cell.firstChild && cell.firstChild.textContent || "").trim();
        var number = parseFloat(text.replace(/−/g, "-").replace(/,/g, ""));
        return cell.classList.contains("number") ? (isNaN(number) ? -Infinity : number) : text.toLowerCase();
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
