/// The literature that a paper's methods cite, for BibTeX.
struct PaperReferences {
  let keys: [String]
  /// Of the program.
  let versions: [String]

  var text: String { keys.compactMap(entry).joined(separator: "\n") }

  private func entry(_ key: String) -> String? {
    if key == "cas" {
      return Self.entry(
        "misc", key,
        [
          ("key", "cas"),
          ("title", "{cas}: Classification Accuracy Score for class-conditional image generators"),
          ("note", "Version " + LaTeX.escaped(versions.joined(separator: ", "))),
        ])
    }
    return Self.known[key].map { Self.entry($0.kind, key, $0.fields) }
  }

  private static func entry(_ kind: String, _ key: String, _ fields: [(String, String)]) -> String {
    "@\(kind){\(key),\n" + fields.map { "  \($0.0) = {\($0.1)},\n" }.joined() + "}\n"
  }

  private typealias Entry = (kind: String, fields: [(String, String)])

  private static func paper(_ authors: String, _ title: String, in book: String, _ year: Int) -> Entry {
    ("inproceedings", [("author", authors), ("title", title), ("booktitle", book), ("year", "\(year)")])
  }

  private static func article(
    _ authors: String, _ title: String, in journal: String, _ volume: String, pages: String, _ year: Int
  ) -> Entry {
    (
      "article",
      [
        ("author", authors), ("title", title), ("journal", journal), ("volume", volume), ("pages", pages),
        ("year", "\(year)"),
      ]
    )
  }

  private static let neurips = "Advances in Neural Information Processing Systems"
  private static let iclr = "International Conference on Learning Representations"
  private static let cvpr = "IEEE Conference on Computer Vision and Pattern Recognition"
  private static let icml = "International Conference on Machine Learning"

  private static let known: [String: Entry] = [
    "ravuri2019cas": paper(
      "Ravuri, Suman and Vinyals, Oriol", "Classification Accuracy Score for Conditional Generative Models",
      in: neurips,
      2019),
    "shmelkov2018": paper(
      "Shmelkov, Konstantin and Schmid, Cordelia and Alahari, Karteek", "How good is my {GAN}?",
      in: "European Conference on Computer Vision", 2018),
    "he2016": paper(
      "He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian", "Deep Residual Learning for Image Recognition",
      in: cvpr, 2016),
    "zagoruyko2016": paper(
      "Zagoruyko, Sergey and Komodakis, Nikos", "Wide Residual Networks", in: "British Machine Vision Conference", 2016),
    "loshchilov2017": paper(
      "Loshchilov, Ilya and Hutter, Frank", "{SGDR}: Stochastic Gradient Descent with Warm Restarts", in: iclr, 2017),
    "zhang2018": paper(
      "Zhang, Hongyi and Cisse, Moustapha and Dauphin, Yann N. and Lopez-Paz, David",
      "mixup: Beyond Empirical Risk Minimization", in: iclr, 2018),
    "yun2019": paper(
      "Yun, Sangdoo and Han, Dongyoon and Oh, Seong Joon and Chun, Sanghyuk and Choe, Junsuk and Yoo, Youngjoon",
      "{CutMix}: Regularization Strategy to Train Strong Classifiers with Localizable Features",
      in: "IEEE/CVF International Conference on Computer Vision", 2019),
    "wilson1927": article(
      "Wilson, Edwin B.", "Probable Inference, the Law of Succession, and Statistical Inference",
      in: "Journal of the American Statistical Association", "22", pages: "209--212", 1927),
    "mcnemar1947": article(
      "McNemar, Quinn",
      "Note on the Sampling Error of the Difference Between Correlated Proportions or Percentages", in: "Psychometrika",
      "12", pages: "153--157", 1947),
    "holm1979": article(
      "Holm, Sture", "A Simple Sequentially Rejective Multiple Test Procedure",
      in: "Scandinavian Journal of Statistics", "6", pages: "65--70", 1979),
    "heusel2017": paper(
      "Heusel, Martin and Ramsauer, Hubert and Unterthiner, Thomas and Nessler, Bernhard and Hochreiter, Sepp",
      "{GANs} Trained by a Two Time-Scale Update Rule Converge to a Local {Nash} Equilibrium", in: neurips, 2017),
    "binkowski2018": paper(
      "Bi{\\'n}kowski, Miko{\\l}aj and Sutherland, Danica J. and Arbel, Michael and Gretton, Arthur",
      "Demystifying {MMD} {GANs}", in: iclr, 2018),
    "salimans2016": paper(
      "Salimans, Tim and Goodfellow, Ian and Zaremba, Wojciech and Cheung, Vicki and Radford, Alec and Chen, Xi",
      "Improved Techniques for Training {GANs}", in: neurips, 2016),
    "kynkaanniemi2019": paper(
      "Kynk{\\\"a}{\\\"a}nniemi, Tuomas and Karras, Tero and Laine, Samuli and Lehtinen, Jaakko and Aila, Timo",
      "Improved Precision and Recall Metric for Assessing Generative Models", in: neurips, 2019),
    "naeem2020": paper(
      "Naeem, Muhammad Ferjad and Oh, Seong Joon and Uh, Youngjung and Choi, Yunjey and Yoo, Jaejun",
      "Reliable Fidelity and Diversity Metrics for Generative Models", in: icml, 2020),
    "sajjadi2018": paper(
      "Sajjadi, Mehdi S. M. and Bachem, Olivier and Lucic, Mario and Bousquet, Olivier and Gelly, Sylvain",
      "Assessing Generative Models via Precision and Recall", in: neurips, 2018),
  ]
}
