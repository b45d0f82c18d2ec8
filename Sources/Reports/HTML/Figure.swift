/// A picture with its title and a caption, one of several side by side.
func figure(_ title: String, _ note: Markup, _ content: Markup) -> Markup {
  """
  <figure class="panel"><figcaption><strong>\(title)</strong> \(note)</figcaption>
  \(content)</figure>

  """
}
