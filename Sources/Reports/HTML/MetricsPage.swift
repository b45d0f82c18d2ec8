extension MetricsDocument {
  /// All metrics as one HTML page: the table, the curves of PRD, and what was compared.
  package var page: String {
    let section = MetricsSection(
      rows: findings.results.map {
        MetricsSection.Row(label: $0.name.printable, metrics: $0.metrics, prd: $0.prd, curves: $0.curves ?? [])
      },
      note: "Of each set of samples against the real images.")
    let notes = findings.warnings.map { warning -> Markup in "<li>\(warning)</li>\n" }
    let cautions: Markup =
      notes.isEmpty
      ? ""
      : "<section aria-labelledby=\"warnings\">\n<h2 id=\"warnings\">Warnings</h2>\n<ul>\n\(notes)</ul>\n</section>\n"
    let sets = [("real", provenance.data.real)] + (provenance.data.training.map { [("training", $0)] } ?? [])
    let rows = (sets + provenance.data.synthetic.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }).map {
      name, set -> Markup in
      """
      <tr><th scope="row">\(breakable: name)</th><td class="number">\(set.images.map { NumberText.grouped($0) } ?? NumberText.none)</td>\
      <td class="number">\(set.features.map { NumberText.grouped($0) } ?? NumberText.none)</td>\
      <td>\(set.path)</td><td><code>\(set.hash.map { String($0.prefix(12)) } ?? NumberText.none)</code></td></tr>

      """
    }
    return HTMLDocument(
      title: "Metrics of " + findings.results.map(\.name.printable).joined(separator: ", "),
      eyebrow: "cas metrics · version \(provenance.version)", lead: "",
      sections: """
        <section aria-labelledby="metrics">
        <h2 id="metrics">Metrics</h2>
        \(section.table)\(section.charts)</section>
        \(cautions)<section aria-labelledby="data">
        <h2 id="data">Data</h2>
        <div class="scroll" role="group" aria-labelledby="data" tabindex="0">
        <table>
        <thead><tr><th scope="col">Set</th><th scope="col" class="number">Images</th>\
        <th scope="col" class="number">Features</th><th scope="col">Path</th><th scope="col">Hash</th></tr></thead>
        <tbody>
        \(rows)</tbody>
        </table>
        </div>
        </section>

        """,
      footer: "None of these numbers says what a classifier learns from the samples; <code>cas train</code> does."
    ).text
  }
}
