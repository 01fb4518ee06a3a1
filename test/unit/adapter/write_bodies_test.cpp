#include "adapter/write_bodies.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "adapter/rfc3339.hpp"
#include "decoding.hpp"

namespace basalt::adapter {
namespace {

using Json = nlohmann::json;

const WallTime kNow = parse_time("2026-01-02T03:04:05Z").value();

Json json_of(const std::string& text) { return Json::parse(quoted(text)); }

TEST(PodPatch, SaysWhyAPodIsNotScheduled) {
  const PodUnscheduledWrite write{
      .uid = "u", .reason = "Unschedulable", .message = "0/3 nodes", .previous_status = "", .now = kNow};
  EXPECT_EQ(json_of(R"({'metadata': {'uid': 'u'}, 'status': {'conditions': [{'type': 'PodScheduled', 'status': 'False',
              'reason': 'Unschedulable', 'message': '0/3 nodes', 'lastTransitionTime': '2026-01-02T03:04:05Z'}]}})"),
            Json::parse(pod_unscheduled_patch(write)));
}

TEST(PodPatch, TheTransitionTimeStaysWhileTheStatusDoes) {
  const PodUnscheduledWrite write{.uid = "", .reason = "R", .message = "m", .previous_status = "False", .now = kNow};
  EXPECT_EQ(
      json_of(
          "{'status': {'conditions': [{'type': 'PodScheduled', 'status': 'False', 'reason': 'R', 'message': 'm'}]}}"),
      Json::parse(pod_unscheduled_patch(write)));
}

TEST(PodPatch, ANominationIsSetAndCleared) {
  PodUnscheduledWrite write{.uid = "", .reason = "R", .message = "m", .previous_status = "False", .now = kNow};
  write.nomination = Nomination::set;
  write.nominated_node = "n1";
  EXPECT_EQ("n1", Json::parse(pod_unscheduled_patch(write))["status"]["nominatedNodeName"]);
  EXPECT_EQ(json_of("{'metadata': {'uid': 'u'}, 'status': {'nominatedNodeName': null}}"),
            Json::parse(pod_nomination_patch("u", Nomination::clear, "")));
  EXPECT_EQ(json_of("{'status': {'nominatedNodeName': 'n1'}}"),
            Json::parse(pod_nomination_patch("", Nomination::set, "n1")));
}

TEST(PodPatch, AnEvictedPodIsNotReadyAndDisrupted) {
  const PodEvictedWrite write{.uid = "u",
                              .ready_message = "Pod is evicted, because of preempt",
                              .disruption_message = "volcano: preempting",
                              .previous_ready = "True",
                              .previous_disruption = "True",
                              .now = kNow};
  EXPECT_EQ(json_of(R"({'metadata': {'uid': 'u'}, 'status': {'conditions': [
              {'type': 'Ready', 'status': 'False', 'reason': 'Evict', 'message': 'Pod is evicted, because of preempt',
               'lastTransitionTime': '2026-01-02T03:04:05Z'},
              {'type': 'DisruptionTarget', 'status': 'True', 'reason': 'PreemptionByScheduler',
               'message': 'volcano: preempting'}]}})"),
            Json::parse(pod_evicted_patch(write)));
}

TEST(PodGroupPatch, IsTheWholeStatus) {
  const PodGroupStatusWrite write{.uid = "u",
                                  .resource_version = "12",
                                  .phase = "Running",
                                  .running = 3,
                                  .succeeded = 2,
                                  .failed = 1,
                                  .conditions = {{"Scheduled", "True", "t1", kNow, "ready", ""}}};
  EXPECT_EQ(json_of(R"({'metadata': {'uid': 'u', 'resourceVersion': '12'}, 'status': {'phase': 'Running', 'running': 3,
              'succeeded': 2, 'failed': 1, 'conditions': [{'type': 'Scheduled', 'status': 'True', 'transitionID': 't1',
              'lastTransitionTime': '2026-01-02T03:04:05Z', 'reason': 'ready'}]}})"),
            Json::parse(pod_group_status_patch(write)));
}

TEST(PodGroupPatch, WithoutConditionsTheListIsEmptied) {
  const Json patch =
      Json::parse(pod_group_status_patch({.uid = "", .resource_version = "", .phase = "Pending", .conditions = {}}));
  EXPECT_FALSE(patch.contains("metadata"));
  EXPECT_EQ(Json::array(), patch["status"]["conditions"]);
  EXPECT_EQ("Pending", patch["status"]["phase"]);
}

TEST(PodGroupPatch, AnEmptyPhaseIsDeleted) {
  const Json patch =
      Json::parse(pod_group_status_patch({.uid = "", .resource_version = "", .phase = "", .conditions = {}}));
  EXPECT_TRUE(patch["status"].contains("phase"));
  EXPECT_TRUE(patch["status"]["phase"].is_null());
}

TEST(PodGroupPatch, IsReadBackByTheDecoder) {
  const PodGroupStatusWrite write{.uid = "u",
                                  .resource_version = "",
                                  .phase = "Inqueue",
                                  .running = 1,
                                  .conditions = {{"Unschedulable", "True", "t", kNow, "R", "m"}}};
  Json group = Json::parse(pod_group_status_patch(write));
  group["metadata"]["name"] = "g";
  group["metadata"]["namespace"] = "ns";
  const auto read = decoded<PodGroupObject>(ObjectKind::pod_group, json(group.dump()));
  EXPECT_EQ("Inqueue", read.phase);
  EXPECT_EQ(1, read.running);
  EXPECT_EQ((std::vector<ConditionText>{{"Unschedulable", "True", "R", "m"}}), read.conditions);
}

TEST(QueuePatch, WritesAmountsAndDeletesWhatIsGone) {
  const QueueStatusWrite write{
      .uid = "u",
      .allocated = {{"cpu", 1500}, {"memory", std::int64_t{4} << 30}, {"nvidia.com/gpu", 2000}},
      .previous = {{"cpu", 1}, {"pods", 3}}};
  EXPECT_EQ(json_of(R"({'metadata': {'uid': 'u'}, 'status': {'allocated':
              {'cpu': '1500m', 'memory': '4Gi', 'nvidia.com/gpu': '2', 'pods': null}}})"),
            Json::parse(queue_status_patch(write)));
  EXPECT_EQ(json_of("{'status': {'allocated': {}}}"),
            Json::parse(queue_status_patch({.uid = "", .allocated = {}, .previous = {}})));
}

TEST(NewQueue, RootIsNotReclaimableAndTheDefaultIs) {
  EXPECT_EQ(json_of(R"({'apiVersion': 'scheduling.volcano.sh/v1beta1', 'kind': 'Queue', 'metadata': {'name': 'root'},
              'spec': {'weight': 1, 'reclaimable': false}})"),
            Json::parse(root_queue_body()));
  EXPECT_EQ(json_of(R"({'apiVersion': 'scheduling.volcano.sh/v1beta1', 'kind': 'Queue', 'metadata': {'name': 'default'},
              'spec': {'weight': 1, 'reclaimable': true}})"),
            Json::parse(default_queue_body("default")));
}

TEST(EventPatch, CountsAndDates) {
  EXPECT_EQ(json_of("{'count': 3, 'lastTimestamp': '2026-01-02T03:04:05Z', 'message': 'm'}"),
            Json::parse(event_repeat_patch(3, kNow, "m")));
}

TEST(Bodies, BrokenUtf8IsReplaced) {
  EXPECT_EQ("a\xEF\xBF\xBD", Json::parse(event_repeat_patch(1, kNow, "a\xFF"))["message"]);
}

}  // namespace
}  // namespace basalt::adapter
