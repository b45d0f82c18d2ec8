extension ConvolutionTable {
  package static let measured = ConvolutionTable(
    """
    """)
}
