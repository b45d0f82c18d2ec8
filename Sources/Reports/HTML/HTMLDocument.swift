/// The frame of every page: one HTML file that needs nothing else.
struct HTMLDocument {
  let title: String
  /// The line above the title.
  let eyebrow: String
  /// What a reader should know who reads no further.
  let lead: Markup
  let sections: Markup
  let footer: Markup

  var text: String {
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
      script-src 'unsafe-inline'">
      <title>\(title)</title>
      <style>
      \(Self.styleSheet)
      </style>
      </head>
      <body>
      <header>
      <p class="eyebrow">\(eyebrow)</p>
      <h1>\(title)</h1>
      \(lead)</header>
      <main>
      \(sections)</main>
      <footer>
      <p>\(footer)</p>
      </footer>
      <script>
      \(Self.script)
      </script>
      </body>
      </html>

      """
    return page.text
  }
}
