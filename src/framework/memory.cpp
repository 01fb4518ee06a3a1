#include "basalt/framework/memory.hpp"

#include "basalt/base/check.hpp"
#include "framework/placement_index.hpp"

namespace basalt {
namespace {

constexpr std::size_t kIndexBytes = std::size_t{96} << 20U;

}  // namespace

SessionMemory::SessionMemory() : index_(std::make_unique<PlacementIndex>(kIndexBytes)) {}
SessionMemory::~SessionMemory() = default;
SessionMemory::SessionMemory(SessionMemory&&) noexcept = default;
SessionMemory& SessionMemory::operator=(SessionMemory&&) noexcept = default;

void SessionMemory::attach(const Cluster& cluster) {
  BASALT_CHECK(cluster_ == nullptr, "attached twice");
  cluster_ = &cluster;
}

std::uint64_t SessionMemory::rescored() const { return index_->rescored(); }

bool SessionMemory::verifies_next() {
  if (verify_every_ == 0) return false;
  if (until_verified_ == 0) until_verified_ = verify_every_;
  return --until_verified_ == 0;
}

}  // namespace basalt
