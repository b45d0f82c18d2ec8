/// A picture with its title and a sentence about it, one of several that stand side by side.
func figure(_ title: String, _ note: Markup, _ content: Markup) -> Markup {
  """
  <figure class="panel"><figcaption><strong>\(title)</strong> \(note)</figcaption>
  \(content)</figure>

  """
}
