extension HTMLPage {
  /// Where the images came from, and what was odd about them.
  var dataSection: Markup {
    let real = report.data.real
    let rows =
      [row("Real, test", real.test)] + (real.train.map { [row("Real, training", $0)] } ?? [])
      + report.data.synthetic.sorted { $0.key < $1.key }.map { row($0.key, $0.value) }
    let notices = report.notices.map { "<li>\($0)</li>\n" as Markup }
    let warnings: Markup = notices.isEmpty ? "" : "<h3>Warnings</h3>\n<ul class=\"warnings\">\n\(notices)</ul>\n"
    return """
      <section aria-labelledby="data">
      <h2 id="data">Data</h2>
      <div class="scroll" role="group" aria-labelledby="data" tabindex="0">
      <table>
      <caption><span>The images as they were read. Files that are hidden or no images are ignored; the hash is over the \
      pixels and labels.</span></caption>
      <thead><tr><th scope="col">Set</th><th scope="col" class="number">Images</th>\
      <th scope="col" class="number">Classes</th><th scope="col">Size</th><th scope="col">Codecs</th>\
      <th scope="col" class="number">Ignored</th><th scope="col">Path</th><th scope="col">Hash</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      \(warnings)</section>

      """
  }

  private func row(_ name: String, _ entry: DataEntry) -> Markup {
    let codecs = entry.codecs.sorted { $0.key < $1.key }.map { "\($0.key) \(NumberText.grouped($0.value))" }
    let split: Markup = entry.split.map { "<small>split \($0)</small>" as Markup } ?? ""
    return """
      <tr><th scope="row">\(breakable: name)</th><td class="number">\(NumberText.grouped(entry.images))</td>\
      <td class="number">\(NumberText.grouped(entry.classes))</td>\
      <td class="nowrap">\(entry.size.width)×\(entry.size.height), \(entry.size.channels == 1 ? "grey" : "RGB")</td>\
      <td>\(codecs.map { "<span class=\"nowrap\">\($0)</span> " as Markup })</td><td class="number">\(NumberText.grouped(entry.ignored))</td>\
      <td class="path"><code>\(entry.path)</code>\(split)</td><td class="path"><code>\(entry.hash)</code></td></tr>

      """
  }

  /// The merged configuration, one line per setting.
  var configurationSection: Markup {
    let settings = report.config.leaves.filter { !$0.path.isEmpty }
    guard !settings.isEmpty else { return "" }
    return """
      <section aria-labelledby="configuration">
      <h2 id="configuration">Configuration</h2>
      \(list(settings.map { ($0.path, $0.text) }))</section>

      """
  }

  var machineSection: Markup {
    let machine = report.machine
    let mebibytes = NumberText.grouped(machine.memoryBytes / 1_048_576)
    return """
      <section aria-labelledby="machine">
      <h2 id="machine">Machine</h2>
      \(list([
        ("Processor", machine.cpu), ("Threads", NumberText.grouped(machine.threads)),
        ("Instruction set", machine.instructionSet), ("Number format", machine.precision ?? NumberText.none),
        ("BLAS", "\(machine.blas) (\(machine.blasCore))"),
        ("Memory", "\(mebibytes) MiB"), ("System", machine.os),
      ]))</section>

      """
  }

  private func list(_ pairs: [(String, String)]) -> Markup {
    "<dl class=\"settings\">\n\(pairs.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>\n" as Markup })</dl>\n"
  }
}
