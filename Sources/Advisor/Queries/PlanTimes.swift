/// Divides the measured time of a plan among its nodes, so that their own times, those of triggers and that of JIT add up to the whole.
///
/// A node's time contains that of the nodes below it, with these exceptions: an InitPlan runs inside of the node that first reads its
/// result, a common table inside of the nodes that scan it, and below a Gather the times of all processes are added.
///
/// Source: `ExplainNode` in explain.c and `ExecSetParamPlan` in nodeSubplan.c of the server.
struct PlanTimes {
  /// All nodes from the top down, as in `PlanNode.all`, with the positions of their parents and children.
  let nodes: [PlanNode]
  let parents: [Int?]
  let children: [[Int]]
  /// The factor from the time of all processes to elapsed time.
  private(set) var scale: [Double]
  /// Own times, in elapsed milliseconds.
  var own: [Double]
  /// The time that no node above contains: a common table that changes rows is finished after the rest of the plan.
  var outside = 0.0
  /// What could not be explained by rounding; 0 where the structure of the plan is understood.
  private(set) var unexplained = 0.0

  /// Half a microsecond, to which the server rounds the average of one execution.
  private static let rounding = 0.0005

  init(_ root: PlanNode) {
    var nodes: [PlanNode] = []
    var parents: [Int?] = []
    var children: [[Int]] = []
    func add(_ node: PlanNode, below parent: Int?) {
      let place = nodes.count
      nodes.append(node)
      parents.append(parent)
      children.append([])
      if let parent { children[parent].append(place) }
      for child in node.children { add(child, below: place) }
    }
    add(root, below: nil)
    (self.nodes, self.parents, self.children) = (nodes, parents, children)
    scale = Array(repeating: 1, count: nodes.count)
    own = Array(repeating: 0, count: nodes.count)
    setScale(of: 0, 1)
    fit(0, to: inclusive(0))
    for place in nodes.indices where isFloating(place) { fit(place, to: inclusive(place)) }
    chargeFloating()
  }

  /// The time of a node with those below it, elapsed.
  func inclusive(_ place: Int) -> Double { sum(place) * scale[place] }

  /// How much a node's own time can be wrong.
  func error(_ place: Int) -> Double {
    children[place].filter { !isFloating($0) }.reduce(rounding(place)) { $0 + rounding($1) }
  }

  /// Whether a node runs inside of another node than its parent: an InitPlan, or a common table.
  func isFloating(_ place: Int) -> Bool { nodes[place].relationship == "InitPlan" }

  /// The time of all processes.
  private func sum(_ place: Int) -> Double { nodes[place].actual.map { $0.milliseconds * Double($0.loops) } ?? 0 }

  func isBelow(_ place: Int, _ top: Int) -> Bool { place == top || parents[place].map { isBelow($0, top) } == true }

  private func rounding(_ place: Int) -> Double {
    Self.rounding * Double(nodes[place].actual?.loops ?? 0) * scale[place]
  }

  // MARK: Processes

  private mutating func setScale(of place: Int, _ value: Double) {
    scale[place] = value
    for child in children[place] {
      // An InitPlan of a Gather is computed by the leader.
      setScale(of: child, isFloating(child) ? value : value * factor(from: place, to: child))
    }
  }

  private func factor(from place: Int, to child: Int) -> Double {
    let (node, whole) = (nodes[place], sum(child))
    guard whole > 0 else { return 1 }
    if node.type.hasPrefix("Gather") { return min(slowest(child, below: node), sum(place)) / whole }
    guard node.isParallelAware, node.type.contains("Bitmap Heap Scan") else { return 1 }
    // One process makes the bitmap, and the others wait for it.
    return processes(place).reduce(0) { $0 + min($1, whole) } / whole
  }

  /// The time of the process that took the longest: what the Gather waits for.
  private func slowest(_ place: Int, below gather: PlanNode) -> Double {
    let (loops, runs) = (nodes[place].actual?.loops ?? 0, gather.actual?.loops ?? 0)
    if nodes[place].workers.isEmpty, runs > 0, loops > runs { return sum(place) * Double(runs) / Double(loops) }
    return processes(place).max() ?? 0
  }

  /// The times of the leader and of each worker.
  private func processes(_ place: Int) -> [Double] {
    let workers = nodes[place].workers.map(\.milliseconds)
    return [max(0, sum(place) - workers.reduce(0, +))] + workers
  }

  // MARK: Own times

  /// Divides `whole` between a node and those below. Where rounding made the parts larger than the whole, they are reduced.
  private mutating func fit(_ place: Int, to whole: Double) {
    let below = children[place].filter { !isFloating($0) }
    var parts = below.map { inclusive($0) }
    let excess = parts.reduce(0, +) - whole
    if excess > 0 {
      let errors = below.map { rounding($0) }
      let error = errors.reduce(0, +)
      unexplained += max(0, excess - error - rounding(place) - Self.rounding)
      let reduced = min(excess, error)
      if error > 0 { for index in parts.indices { parts[index] -= reduced * errors[index] / error } }
      let sum = parts.reduce(0, +)
      if sum > whole { parts = parts.map { sum > 0 ? $0 * whole / sum : 0 } }
    }
    own[place] = max(0, whole - parts.reduce(0, +))
    for (child, part) in zip(below, parts) { fit(child, to: max(0, part)) }
  }

  private mutating func chargeFloating() {
    for place in nodes.indices where isFloating(place) {
      let amount = inclusive(place)
      let candidates = PlanReaders(self).candidates(for: place)
      let rest = charge(amount, to: candidates)
      guard rest > 0 else { continue }
      guard nodes[place].commonTable == nil else {
        outside += rest
        continue
      }
      // The reader's time without the nodes below it is too small, because those are rounded.
      unexplained += max(0, rest - (candidates.map(error).max() ?? 0) - error(place) - Self.rounding)
      for step in nodes.indices where root(of: step) == place { own[step] *= (amount - rest) / amount }
    }
  }

  /// The root, InitPlan or common table to which a node belongs.
  private func root(of place: Int) -> Int {
    guard !isFloating(place), let parent = parents[place] else { return place }
    return root(of: parent)
  }

  /// Takes an amount out of own times, and gives what no candidate had: of the first candidate that has all of it, else of several.
  mutating func charge(_ amount: Double, to candidates: [Int]) -> Double {
    // Rounding and the measurement itself take a little.
    if let place = candidates.first(where: { own[$0] + error($0) >= amount * 0.999 }) {
      let taken = min(amount, own[place])
      own[place] -= taken
      return amount - taken
    }
    var rest = amount
    for place in candidates.sorted(by: { own[$0] > own[$1] }) where rest > 0 {
      let taken = min(rest, own[place])
      own[place] -= taken
      rest -= taken
    }
    return rest
  }
}

extension PlanNode {
  /// The name of the common table that this node computes.
  var commonTable: String? {
    guard let subplan, subplan.hasPrefix("CTE ") else { return nil }
    return String(subplan.dropFirst(4))
  }
}
