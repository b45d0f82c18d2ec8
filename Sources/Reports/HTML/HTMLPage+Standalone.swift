extension HTMLPage {
  /// A page of its own in the style of reports, for what is no report.
  static func standalone(title: String, eyebrow: String, body: Markup) -> String {
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>
      \(styleSheet)
      </style>
      </head>
      <body>
      <header>
      <p class="eyebrow">\(eyebrow)</p>
      <h1>\(title)</h1>
      </header>
      <main>
      \(body)
      </main>
      </body>
      </html>

      """
    return page.text
  }
}
