// Solves one instance with LEMON's NetworkSimplex; prints the optimum and the CPU milliseconds
// of each run of run(), the graph and its maps being built beforehand.
//
// usage: lemon FILE REPEAT
//
// The assignment with opt-out as a minimum-cost flow: each row supplies one unit, which goes over an
// arc to a column and on to the sink, or straight to the sink at the row's unmatched cost.
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

static double milliseconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: lemon FILE REPEAT\n");
    return 2;
  }
  using Graph = lemon::SmartDigraph;
  struct Row {
    long long price;
    std::vector<std::pair<int, long long>> arcs;
  };
  std::vector<Row> rows;
  int columns = 0;
  std::ifstream file(argv[1]);
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "columns") words >> columns;
    if (word != "row") continue;
    Row row;
    words >> row.price;
    while (words >> word) {
      const auto colon = word.find(':');
      const int column = std::stoi(word.substr(0, colon));
      row.arcs.emplace_back(column, std::stoll(word.substr(colon + 1)));
      columns = std::max(columns, column + 1);
    }
    rows.push_back(std::move(row));
  }
  Graph graph;
  std::vector<Graph::Node> row_nodes, column_nodes;
  for (std::size_t i = 0; i < rows.size(); ++i) row_nodes.push_back(graph.addNode());
  for (int j = 0; j < columns; ++j) column_nodes.push_back(graph.addNode());
  const Graph::Node sink = graph.addNode();
  Graph::ArcMap<long long> cost(graph);
  Graph::ArcMap<int> capacity(graph);
  Graph::NodeMap<int> supply(graph);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    supply[row_nodes[i]] = 1;
    for (const auto& [column, price] : rows[i].arcs) {
      const auto arc = graph.addArc(row_nodes[i], column_nodes[column]);
      cost[arc] = price;
      capacity[arc] = 1;
    }
    const auto arc = graph.addArc(row_nodes[i], sink);
    cost[arc] = rows[i].price;
    capacity[arc] = 1;
  }
  for (int j = 0; j < columns; ++j) {
    const auto arc = graph.addArc(column_nodes[j], sink);
    cost[arc] = 0;
    capacity[arc] = 1;
  }
  supply[sink] = -static_cast<int>(rows.size());
  using Simplex = lemon::NetworkSimplex<Graph, int, long long>;
  for (int repeat = 0; repeat < std::atoi(argv[2]); ++repeat) {
    Simplex simplex(graph);
    simplex.costMap(cost).upperMap(capacity).supplyMap(supply);
    const auto start = milliseconds();
    const auto status = simplex.run();
    const auto stop = milliseconds();
    if (status != Simplex::OPTIMAL) {
      std::fprintf(stderr, "not optimal\n");
      return 1;
    }
    std::printf("%lld %.4f\n", static_cast<long long>(simplex.totalCost<long long>()),
                stop - start);
  }
}
