#include "recording/replay.hpp"

#include <utility>

#include "basalt/framework/action.hpp"
#include "config/configuration_source.hpp"
#include "config/scheduler_configuration.hpp"

namespace basalt {

Replay::Replay(RecordingReader reader, const Registry& registry, std::string instead)
    : reader_(std::move(reader)), registry_(&registry), instead_(std::move(instead)) {}
Replay::Replay(Replay&&) noexcept = default;
Replay& Replay::operator=(Replay&&) noexcept = default;
Replay::~Replay() = default;

Result<Replay> Replay::open(const std::filesystem::path& path, const Registry& registry, std::string configuration) {
  auto reader = RecordingReader::open(path);
  if (!reader) return reader.error();
  Replay replay(std::move(*reader), registry, std::move(configuration));
  auto first = replay.reader_.next();
  if (!first) return first.error();
  const auto* checkpoint = *first ? std::get_if<Checkpoint>(&**first) : nullptr;
  if (checkpoint == nullptr) return Error{ErrorCode::invalid, path.string() + " ends before its checkpoint"};
  replay.state_ = std::make_unique<State>(*checkpoint);
  return replay;
}

Result<std::optional<ReplayedCycle>> Replay::next() {
  auto frame = reader_.next();
  if (!frame) return frame.error();
  if (!*frame) {
    if (reader_.is_torn()) incomplete_ = "the last frame is torn and was left out";
    return std::optional<ReplayedCycle>();
  }
  if (const auto* broken = std::get_if<RecordingBroken>(&**frame)) {
    incomplete_ = "the recording was broken off: " + broken->reason;
    return std::optional<ReplayedCycle>();
  }
  auto* cycle = std::get_if<RecordedCycle>(&**frame);
  if (cycle == nullptr) return Error{ErrorCode::invalid, "a recording with a second beginning"};
  auto decided = decide(std::move(*cycle));
  if (!decided) return decided.error();
  return std::optional(std::move(*decided));
}

Result<void> Replay::take(const RecordedConfiguration& recorded) {
  if (!instead_.empty() && configuration_ != nullptr) return {};
  const std::string& text = instead_.empty() ? recorded.text : instead_;
  // Leniently: what was taken into use then is taken into use now.
  auto parsed = parse_configuration(text, recorded.origin, *registry_, Leniency::lenient);
  if (parsed.configuration == nullptr) {
    return Error{ErrorCode::invalid,
                 "the configuration cannot be used here:\n" + printed(parsed.findings, Leniency::lenient)};
  }
  configuration_ = std::move(parsed.configuration);
  configuration_->attach(state_->cluster());
  return {};
}

Result<ReplayedCycle> Replay::decide(RecordedCycle recorded) {
  for (const Delta& delta : recorded.deltas) state_->apply(delta);
  if (recorded.configuration) {
    if (auto taken = take(*recorded.configuration); !taken) return taken.error();
  }
  if (configuration_ == nullptr) return Error{ErrorCode::invalid, "a recording without a configuration"};
  if (recorded.woke_all) configuration_->memory->wake_all();
  moment_ = Moment{recorded.now, recorded.cycle};
  Session session(state_->cluster(), *configuration_, moment_);
  for (const ActionSlot& slot : configuration_->actions) slot.action->run(session);
  const Decisions decisions = std::move(session).close();
  ReplayedCycle cycle{moment_, print(decisions, state_->cluster()), std::move(recorded.decisions), false};
  cycle.same = digest_of(cycle.decisions) == recorded.digest;
  state_->assume(decisions);
  return cycle;
}

}  // namespace basalt
