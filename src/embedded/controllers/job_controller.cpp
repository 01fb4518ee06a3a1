#include "embedded/controllers/job_controller.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "embedded/cluster/metadata.hpp"
#include "embedded/controllers/ownership.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

const ResourceName kJobs{"batch", "jobs"};
const ResourceName kPodsOfJobs{"", "pods"};
constexpr const char* kIndexAnnotation = "batch.kubernetes.io/job-completion-index";

bool has_true_condition(const Json& status, std::string_view type) {
  for (const Json& condition : kube::member_at(status, "conditions")) {
    if (kube::text_at(condition, "type") == type) return kube::text_at(condition, "status") == "True";
  }
  return false;
}

Json job_condition(const char* type, bool holds, const std::string& reason, const std::string& message, WallTime now) {
  Json condition = {{"type", type},
                    {"status", holds ? "True" : "False"},
                    {"lastProbeTime", format_time(now)},
                    {"lastTransitionTime", format_time(now)}};
  if (!reason.empty()) condition["reason"] = reason;
  if (!message.empty()) condition["message"] = message;
  return condition;
}

const Json* find_true_condition(const Json& status, std::string_view type) {
  for (const Json& condition : kube::member_at(status, "conditions")) {
    if (kube::text_at(condition, "type") == type && kube::text_at(condition, "status") == "True") return &condition;
  }
  return nullptr;
}

// What the container knows its index by.
void tell_index(Json& pod) {
  for (const char* list : {"containers", "initContainers"}) {
    if (!pod["spec"].contains(list)) continue;
    for (Json& container : pod["spec"][list]) {
      container["env"].push_back(
          {{"name", "JOB_COMPLETION_INDEX"},
           {"valueFrom",
            {{"fieldRef",
              {{"apiVersion", "v1"},
               {"fieldPath", "metadata.annotations['" + std::string(kIndexAnnotation) + "']"}}}}}});
    }
  }
}

bool read_int(std::string_view text, int& to) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), to);
  return !text.empty() && failure == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::set<int> parse_indexes(const std::string& text) {
  std::set<int> indexes;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const std::size_t dash = part.find('-');
    int first = 0;
    if (!read_int(part.substr(0, dash), first)) continue;
    int last = first;
    if (dash != std::string_view::npos && !read_int(part.substr(dash + 1), last)) continue;
    for (int index = first; index <= last; ++index) indexes.insert(index);
  }
  return indexes;
}

std::string format_indexes(const std::set<int>& indexes) {
  std::string text;
  for (auto it = indexes.begin(); it != indexes.end();) {
    const int first = *it;
    int last = first;
    while (++it != indexes.end() && *it == last + 1) last = *it;
    if (!text.empty()) text += ',';
    text += std::to_string(first);
    // Two neighbours are written apart, as Kubernetes does.
    if (last == first + 1) text += ',' + std::to_string(last);
    if (last > first + 1) text += '-' + std::to_string(last);
  }
  return text;
}

// A Job while it is looked at: what it says, its pods, and the status that it will have.
struct JobController::Work {
  ObjectName name;
  Json job;
  Json status;
  std::string uid;
  bool indexed = false;
  long long parallelism = 1;
  std::optional<long long> completions;
  long long succeeded = 0;
  long long failed = 0;
  std::set<int> done;                        // indexes
  std::vector<const PodState*> active;       // neither finished nor being deleted
  std::vector<const PodState*> counted_now;  // to be released when the status is written
  long long terminating = 0;

  Work(ObjectName of, Json tree) : name(std::move(of)), job(std::move(tree)), status(kube::member_at(job, "status")) {
    if (!status.is_object()) status = Json::object();
    uid = text_at(job, "metadata.uid");
    indexed = text_at(job, "spec.completionMode") == "Indexed";
    parallelism = integer_at(job, "spec.parallelism").value_or(1);
    completions = integer_at(job, "spec.completions");
    failed = kube::integer_at(status, "failed", 0);
    done = parse_indexes(kube::text_at(status, "completedIndexes"));
    succeeded = indexed ? static_cast<long long>(done.size()) : kube::integer_at(status, "succeeded", 0);
  }

  void count(const PodState& pod) {
    if (pod.active()) active.push_back(&pod);
    if (pod.deleting && !pod.finished()) ++terminating;
    if (pod.active() || !pod.tracked) return;
    counted_now.push_back(&pod);
    if (pod.phase != PodState::Phase::succeeded) {
      ++failed;
    } else if (!indexed) {
      ++succeeded;
    } else if (pod.completion_index && *pod.completion_index < completions.value_or(0)) {
      done.insert(*pod.completion_index);
      succeeded = static_cast<long long>(done.size());
    }
  }

  void set_counts() {
    const auto set = [this](const char* field, long long value) {
      if (value != 0) {
        status[field] = value;
      } else {
        status.erase(field);
      }
    };
    set("active", static_cast<long long>(active.size()));
    set("succeeded", succeeded);
    set("failed", failed);
    status["terminating"] = terminating;
    status["ready"] = std::count_if(active.begin(), active.end(), [](const PodState* pod) { return pod->ready; });
    status["uncountedTerminatedPods"] = Json::object();
    if (indexed) status["completedIndexes"] = format_indexes(done);
  }

  [[nodiscard]] bool complete() const {
    if (completions) return succeeded >= *completions;
    return succeeded > 0 && active.empty();  // a work queue: it is over when its workers say so
  }

  // Why the Job cannot succeed any more; empty when it can. The reason comes first.
  [[nodiscard]] std::pair<std::string, std::string> failure(WallTime now) const {
    const long long limit = integer_at(job, "spec.backoffLimit").value_or(6);
    long long restarts = 0;
    if (text_at(job, "spec.template.spec.restartPolicy") == "OnFailure") {
      for (const PodState* pod : active) restarts += pod->restarts;
    }
    const bool restarted_too_often = limit == 0 ? restarts > 0 : restarts >= limit;
    if (failed > limit || restarted_too_often) {
      return {"BackoffLimitExceeded", "Job has reached the specified backoff limit"};
    }
    if (const auto due = deadline(); due && *due <= now) {
      return {"DeadlineExceeded", "Job was active longer than specified deadline"};
    }
    return {};
  }

  [[nodiscard]] std::optional<WallTime> deadline() const {
    const auto seconds = integer_at(job, "spec.activeDeadlineSeconds");
    const auto start = parse_time(kube::text_at(status, "startTime"));
    if (!seconds || !start) return std::nullopt;
    return *start + std::chrono::seconds(*seconds);
  }
};

void JobController::observe(const Change& change, Agenda& agenda) {
  if (change.kind().resource == kJobs) agenda.add(change.name());
  if (change.kind().resource != kPodsOfJobs) return;
  const PodState* pod = workplace_.pods.find(change.object().key);
  if (pod == nullptr) {
    if (const Json* controller = controller_of(change.tree());
        controller != nullptr && resource_of_controller(*controller) == kJobs) {
      agenda.add({kJobs, {change.object().key.space, kube::text_at(*controller, "name")}});
    }
    return;
  }
  if (pod->controller_name.resource == kJobs) agenda.add(pod->controller_name);
  if (pod->tracked && !pod->active()) agenda.add(change.name());
}

Objection JobController::reconcile(const ObjectName& object, WallTime now, Agenda& agenda) {
  if (object.resource == kJobs) return reconcile_job(object, now, agenda);
  // A pod whose Job will not count it any more is let go.
  const PodState* pod = workplace_.pods.find(object.key);
  if (pod == nullptr || !pod->tracked || pod->active()) return {};
  const ObjectPtr job = workplace_.find(pod->controller_name);
  const bool will_be_counted = job && job->uid == pod->controller && !is_being_deleted(job->tree());
  return will_be_counted ? Objection() : release(*pod);
}

Objection JobController::release(const PodState& pod) const {
  return workplace_.drop_finalizer({kPodsOfJobs, pod.key()}, pod.object->uid, kJobTracking);
}

Objection JobController::reconcile_job(const ObjectName& name, WallTime now, Agenda& agenda) const {
  const ObjectPtr present = workplace_.find(name);
  if (!present) return {};
  Work work(name, present->tree());
  if (is_being_deleted(work.job)) return {};
  for (const PodState* pod : workplace_.pods.of_controller(work.uid)) work.count(*pod);
  if (has_true_condition(work.status, "Complete") || has_true_condition(work.status, "Failed")) {
    return finish_up(work, now, agenda);
  }
  if (auto objection = manage(work, now)) return objection;
  if (const auto due = work.deadline()) agenda.add_at(name, *due);
  work.set_counts();
  if (auto objection = workplace_.write_status(name, work.job, work.status)) return objection;
  for (const PodState* pod : work.counted_now) {
    if (auto objection = release(*pod)) return objection;
  }
  return {};
}

// A Job that is over: nobody waits for the count of its last pods, and it may have a time to live.
Objection JobController::finish_up(const Work& work, WallTime now, Agenda& agenda) const {
  for (const PodState* pod : work.counted_now) {
    if (auto objection = release(*pod)) return objection;
  }
  const auto seconds = integer_at(work.job, "spec.ttlSecondsAfterFinished");
  if (!seconds) return {};
  const Json* over = find_true_condition(work.status, "Complete");
  if (over == nullptr) over = find_true_condition(work.status, "Failed");
  const auto since = parse_time(kube::text_at(*over, "lastTransitionTime"));
  const WallTime due = since.value_or(now) + std::chrono::seconds(*seconds);
  if (due > now) {
    agenda.add_at(work.name, due);
    return {};
  }
  DeleteRequest request;
  request.propagation = "Background";
  return workplace_.remove(work.name, work.uid, request);
}

Objection JobController::manage(Work& work, WallTime now) const {
  const bool suspended = is_true_at(work.job, "spec.suspend");
  if (!suspended && !work.status.contains("startTime")) work.status["startTime"] = format_time(now);

  // What it comes to is said first, and is final when the last pod has gone.
  const bool was_decided =
      has_true_condition(work.status, "FailureTarget") || has_true_condition(work.status, "SuccessCriteriaMet");
  if (!was_decided) {
    if (const auto [reason, message] = work.failure(now); !reason.empty()) {
      set_condition(work.status, job_condition("FailureTarget", true, reason, message, now));
    } else if (work.complete()) {
      set_condition(work.status, job_condition("SuccessCriteriaMet", true, "CompletionsReached",
                                               "Reached expected number of succeeded pods", now));
    }
  }
  const Json* failure = find_true_condition(work.status, "FailureTarget");
  const bool decided = failure != nullptr || has_true_condition(work.status, "SuccessCriteriaMet");
  if (decided) {
    if (auto objection = end_pods(work.active)) return objection;
    work.terminating += static_cast<long long>(work.active.size());
    const bool all_ended = work.terminating == 0;
    work.active.clear();
    if (!all_ended) return {};
    if (failure != nullptr) {
      set_condition(work.status, job_condition("Failed", true, kube::text_at(*failure, "reason"),
                                               kube::text_at(*failure, "message"), now));
    } else {
      set_condition(work.status, job_condition("Complete", true, "CompletionsReached",
                                               "Reached expected number of succeeded pods", now));
      work.status["completionTime"] = format_time(now);
    }
    return {};
  }

  if (suspended) {
    if (auto objection = end_pods(work.active)) return objection;
    work.active.clear();
    work.status.erase("startTime");
    if (!has_true_condition(work.status, "Suspended")) {
      set_condition(work.status, job_condition("Suspended", true, "JobSuspended", "Job suspended", now));
    }
    return {};
  }
  if (has_true_condition(work.status, "Suspended")) {
    set_condition(work.status, job_condition("Suspended", false, "JobResumed", "Job resumed", now));
  }
  long long wanted = work.parallelism;
  if (work.completions) {
    wanted = std::min(wanted, *work.completions - work.succeeded);
  } else if (work.succeeded > 0) {
    wanted = std::min(wanted, static_cast<long long>(work.active.size()));  // no new workers when one is through
  }
  const long long missing = wanted - static_cast<long long>(work.active.size());
  if (missing > 0) return work.indexed ? add_indexed_pods(work, missing) : add_pods(work, missing);
  if (missing == 0) return {};
  // Those that have not begun go first.
  std::stable_sort(work.active.begin(), work.active.end(), [](const PodState* a, const PodState* b) {
    return std::pair(a->phase == PodState::Phase::running, a->created) <
           std::pair(b->phase == PodState::Phase::running, b->created);
  });
  const std::vector<const PodState*> surplus(work.active.begin(), work.active.begin() - missing);
  work.active.erase(work.active.begin(), work.active.begin() - missing);
  return end_pods(surplus);
}

// Pods that the Job itself ends do not count as failed.
Objection JobController::end_pods(const std::vector<const PodState*>& pods) const {
  for (const PodState* pod : pods) {
    if (auto objection = release(*pod)) return objection;
    if (auto objection = workplace_.remove({kPodsOfJobs, pod->key()}, pod->object->uid)) return objection;
  }
  return {};
}

Objection JobController::add_pods(const Work& work, long long count) const {
  for (long long i = 0; i < count; ++i) {
    if (auto objection = create_pod(work, pod_of_template(work.job))) return objection;
  }
  return {};
}

Objection JobController::add_indexed_pods(const Work& work, long long count) const {
  std::set<int> taken = work.done;
  for (const PodState* pod : work.active) taken.insert(pod->completion_index.value_or(-1));
  const std::string name = work.name.key.name;
  for (int index = 0; index < work.completions.value_or(0) && count > 0; ++index) {
    if (taken.contains(index)) continue;
    Json pod = pod_of_template(work.job);
    const std::string number = std::to_string(index);
    pod["metadata"]["generateName"] = name + "-" + number + "-";
    pod["metadata"]["annotations"][kIndexAnnotation] = number;
    pod["metadata"]["labels"][kIndexAnnotation] = number;
    set_if_absent(pod["spec"], "hostname", name + "-" + number);
    tell_index(pod);
    if (auto objection = create_pod(work, std::move(pod))) return objection;
    --count;
  }
  return {};
}

Objection JobController::create_pod(const Work& work, Json pod) const {
  pod["metadata"]["finalizers"].push_back(kJobTracking);
  const auto created = workplace_.cluster.create(*workplace_.kind(kPodsOfJobs), work.name.key.space, std::move(pod));
  if (created) return {};
  workplace_.warn(work.job, "FailedCreate", "Error creating: " + created.refusal().message);
  return created.refusal();
}

}  // namespace basalt::embedded
