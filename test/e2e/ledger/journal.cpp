#include "e2e/ledger/journal.hpp"

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

namespace basalt::e2e {
namespace {

const std::map<std::string, std::string>& kinds() {
  static const std::map<std::string, std::string> known{
      {"pods", "Pod"}, {"nodes", "Node"}, {"podgroups.scheduling.volcano.sh", "PodGroup"}};
  return known;
}

/// Takes the lines of one journal, in order.
class JournalReader {
 public:
  void take(const std::string& line) {
    const auto change = nlohmann::json::parse(line);
    follow(change.at("revision").get<std::int64_t>());
    const auto kind = kinds().find(change.at("resource").get<std::string>());
    if (kind == kinds().end()) return;
    const std::chrono::steady_clock::time_point seen{
        std::chrono::microseconds{change.at("microseconds").get<std::int64_t>()}};
    const bool deleted = change.at("type") == "DELETED";
    entries_.push_back(read_object(change.at("object"), kind->second, deleted, seen));
    if (entries_.back().revision != last_) throw std::runtime_error("the object has another resourceVersion");
  }
  std::vector<Entry> entries() && { return std::move(entries_); }

 private:
  void follow(std::int64_t revision) {
    if (last_ && revision != *last_ + 1) {
      throw std::runtime_error("revision " + std::to_string(revision) + " after " + std::to_string(*last_));
    }
    last_ = revision;
  }

  std::optional<std::int64_t> last_;
  std::vector<Entry> entries_;
};

}  // namespace

std::vector<Entry> read_journal(std::istream& journal) {
  JournalReader reader;
  std::size_t number = 0;
  for (std::string line; std::getline(journal, line);) {
    ++number;
    try {
      reader.take(line);
    } catch (const std::exception& error) {
      throw std::runtime_error("line " + std::to_string(number) + " of the journal: " + error.what());
    }
  }
  return std::move(reader).entries();
}

}  // namespace basalt::e2e
