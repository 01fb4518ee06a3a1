#include "basalt/framework/memory.hpp"

#include "basalt/base/check.hpp"
#include "framework/placement_index.hpp"
#include "framework/waiting_room.hpp"

namespace basalt {
namespace {

constexpr std::size_t kIndexBytes = std::size_t{64} << 20U;

}  // namespace

SessionMemory::SessionMemory()
    : index_(std::make_unique<PlacementIndex>(kIndexBytes)), waiting_room_(std::make_unique<WaitingRoom>()) {}
SessionMemory::~SessionMemory() = default;
SessionMemory::SessionMemory(SessionMemory&&) noexcept = default;
SessionMemory& SessionMemory::operator=(SessionMemory&&) noexcept = default;

void SessionMemory::attach(const Cluster& cluster) {
  BASALT_CHECK(cluster_ == nullptr, "attached twice");
  cluster_ = &cluster;
}

void SessionMemory::wake_all() { waiting_room_->wake_all(); }

std::optional<WallTime> SessionMemory::deadline() const { return waiting_room_->deadline(); }

std::uint64_t SessionMemory::rescored() const { return index_->rescored(); }

bool SessionMemory::verifies_next() {
  if (verify_every_ == 0) return false;
  if (until_verified_ == 0) until_verified_ = verify_every_;
  return --until_verified_ == 0;
}

}  // namespace basalt
