#include "scheduler/scheduler.hpp"

#include <utility>
#include <variant>

#include "basalt/framework/action.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

constexpr std::size_t kRememberedRejections = 10'000;

/// Whether a cycle could decide otherwise because of this. What only confirms what was assumed could not.
bool could_matter(const Delta& delta) {
  if (const auto* bind = std::get_if<BindResult>(&delta)) return bind->outcome != BindResult::Outcome::in_doubt;
  if (const auto* eviction = std::get_if<EvictResult>(&delta)) return !eviction->accepted;
  if (const auto* status = std::get_if<StatusResult>(&delta)) return !status->accepted;
  return true;
}

}  // namespace

void NextConfiguration::put(std::unique_ptr<Configuration> configuration) {
  {
    const std::lock_guard lock(mutex_);
    next_ = std::move(configuration);
  }
  mailbox_.wake();
}

std::unique_ptr<Configuration> NextConfiguration::take() {
  const std::lock_guard lock(mutex_);
  return std::move(next_);
}

bool NextConfiguration::is_there() const {
  const std::lock_guard lock(mutex_);
  return next_ != nullptr;
}

Scheduler::Scheduler(const Surroundings& surroundings, Ownership ownership,
                     std::unique_ptr<Configuration> configuration, std::chrono::nanoseconds period)
    : mailbox_(surroundings.mailbox),
      gate_(surroundings.gate),
      next_configuration_(surroundings.next_configuration),
      binder_(surroundings.binder),
      clock_(surroundings.clock),
      observer_(surroundings.observer),
      recorder_(surroundings.recorder),
      questions_(surroundings.questions),
      period_(period),
      state_(std::move(ownership)),
      configuration_(std::move(configuration)),
      orders_(binder_.component()),
      rejections_(kRememberedRejections) {}

void Scheduler::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) turn(stop);
}

void Scheduler::turn(const std::stop_token& stop) {
  const bool may_run = gate_.is_open();  // asked first: what was posted until then is taken in below
  take_in(mailbox_.drain(may_run ? next_cycle() : SteadyTime::max(), stop));
  if (stop.stop_requested()) return;
  if (may_run && gate_.is_open() && clock_.steady_now() >= next_cycle()) run_cycle();
  answer_question();
}

/// On the tables as they are now, between two cycles. One a turn, so that questions hold no cycle up for long.
void Scheduler::answer_question() {
  if (questions_ == nullptr) return;
  const Questions::Question question = questions_->take();
  if (!question) return;
  if (is_attached_) {
    Session session(state_.cluster(), *configuration_, Moment{clock_.now(), cycle_}, SessionPurpose::what_if);
    question(&session);
  } else {
    question(nullptr);
  }
}

SteadyTime Scheduler::next_cycle() const {
  return has_news_ || next_configuration_.is_there() ? clock_.steady_now() : last_cycle_ + period_;
}

std::optional<SteadyTime> Scheduler::busy_since() const {
  const SteadyTime::rep since = busy_since_;
  return since == 0 ? std::nullopt : std::optional(SteadyTime(SteadyTime::duration(since)));
}

void Scheduler::take_in(std::vector<Delta> deltas) {
  if (cycle_ > 0) begin_recording();
  for (const Delta& delta : deltas) apply(delta);
  if (recorder_ != nullptr) recorder_->took(std::move(deltas));
}

/// Begins a file where one is wanted. Not before the first cycle: what a start does with the
/// tables is no delta, so the checkpoint has to have it.
void Scheduler::begin_recording() {
  if (recorder_ == nullptr || !recorder_->wants_checkpoint()) return;
  recorder_->begin(state_.checkpoint());
  wake_all();  // who sleeps is no part of a checkpoint: in a replay all are awake
}

/// The next cycle looks at every job.
void Scheduler::wake_all() {
  configuration_->memory->wake_all();
  if (recorder_ != nullptr) recorder_->woke_all();
}

void Scheduler::apply(const Delta& delta) {
  ++deltas_;
  has_news_ = has_news_ || could_matter(delta);
  if (const auto* rejected = std::get_if<Rejected>(&delta)) report(*rejected);
  state_.apply(delta);
}

/// Tells people, once per object and reason.
void Scheduler::report(const Rejected& rejected) {
  std::string& told = rejections_[rejected.uid];
  if (std::exchange(told, rejected.reason) == rejected.reason) return;
  observer_.object_rejected(rejected);
  adapter::EventReport event =
      event_about(rejected.kind, {rejected.namespace_name, rejected.name, rejected.uid}, binder_.component());
  event.type = "Warning";
  event.reason = "Rejected";
  event.message = "set aside, not scheduled by: " + rejected.reason;
  binder_.tell(std::move(event));
}

void Scheduler::take_configuration() {
  if (auto next = next_configuration_.take()) {
    configuration_ = std::move(next);
    is_attached_ = false;
    if (recorder_ != nullptr) recorder_->took_configuration();
    observer_.configuration_taken();
  }
  if (!std::exchange(is_attached_, true)) configuration_->attach(state_.cluster());
}

void Scheduler::run_cycle() {
  take_configuration();  // a reload takes effect here, between cycles
  if (cycle_ == 0) {
    state_.restore_reservations();
    begin_recording();
  }
  const SteadyTime begun = clock_.steady_now();
  last_cycle_ = begun;
  busy_since_ = begun.time_since_epoch().count();
  has_news_ = false;
  const Moment moment{clock_.now(), ++cycle_};
  Session session(state_.cluster(), *configuration_, moment);
  SteadyTime before = clock_.steady_now();
  const auto opening = before - begun;
  for (const ActionSlot& slot : configuration_->actions) {
    slot.action->run(session);
    const SteadyTime after = clock_.steady_now();
    observer_.action_done(slot.name, after - before);
    before = after;
  }
  const Decisions decisions = std::move(session).close();
  Orders orders = orders_.write(decisions, state_.cluster(), moment);
  if (recorder_ != nullptr) recorder_->decided(moment, *configuration_, decisions, state_.cluster());
  state_.assume(decisions);           // the only place where decisions enter the tables
  binder_.submit(std::move(orders));  // what becomes of them comes back as deltas
  busy_since_ = 0;
  observer_.cycle_done(CycleReport{.cycle = moment.cycle,
                                   .now = moment.now,
                                   .deltas = std::exchange(deltas_, 0),
                                   .opening = opening,
                                   .total = clock_.steady_now() - begun,
                                   .cluster = state_.cluster(),
                                   .decisions = decisions,
                                   .index_mismatches = configuration_->memory->mismatches()});
}

}  // namespace basalt
