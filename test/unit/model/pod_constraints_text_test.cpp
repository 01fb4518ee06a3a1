#include <gtest/gtest.h>

#include "basalt/model/cluster_text.hpp"

namespace basalt {
namespace {

PodObject pod_of(const std::string& attributes) {
  const auto deltas = parse_cluster_text("pod p created=0 " + attributes);
  EXPECT_TRUE(deltas.has_value()) << deltas.error().message;
  return std::get<PodObject>(std::get<Upserted>(deltas->front()).object);
}

TEST(PodConstraintsText, ReadsSelectorsAndNamespaces) {
  const PodObject pod = pod_of("affinity:zone=app=web|api&tier!=db&gpu&!old@other,?team=a");
  ASSERT_EQ(1U, pod.required_affinity.size());
  const PodAffinityTermText& term = pod.required_affinity.front();
  EXPECT_EQ("zone", term.topology_key);
  EXPECT_EQ((LabelSelectorText{{},
                               {{"app", "In", {"web", "api"}},
                                {"tier", "NotIn", {"db"}},
                                {"gpu", "Exists", {}},
                                {"old", "DoesNotExist", {}}}}),
            term.selector);
  EXPECT_EQ(std::vector<std::string>{"other"}, term.namespaces);
  EXPECT_EQ((LabelSelectorText{{}, {{"team", "In", {"a"}}}}), term.namespace_selector);
}

TEST(PodConstraintsText, NoSelectorAndTheEmptyOneDiffer) {
  EXPECT_FALSE(pod_of("anti-affinity:zone=").required_anti_affinity.front().selector.has_value());
  EXPECT_EQ(LabelSelectorText{}, pod_of("anti-affinity:zone=*").required_anti_affinity.front().selector);
}

TEST(PodConstraintsText, ReadsSpreadWithItsOptions) {
  const PodObject pod = pod_of("spread:zone=2,min=3,soft,any-node,no-taints:app=web");
  TopologySpreadText want{2, "zone", false, LabelSelectorText{{}, {{"app", "In", {"web"}}}}};
  want.min_domains = 3;
  want.honours_affinity = false;
  want.honours_taints = true;
  EXPECT_EQ(std::vector{want}, pod.topology_spread);
}

TEST(PodConstraintsText, PrintsWhatItReads) {
  const PodObject pod = pod_of(
      "affinity:zone=app=web@*,x anti-affinity:host=!a prefer-affinity:zone=7:a|b prefer-anti-affinity:rack=100:*@?t=u "
      "spread:zone=1:app=web spread:host=5,min=2,soft:");
  const std::string printed = print_cluster_text(pod);
  const auto again = parse_cluster_text(printed);
  ASSERT_TRUE(again.has_value()) << printed;
  EXPECT_EQ(pod, std::get<PodObject>(std::get<Upserted>(again->front()).object)) << printed;
}

TEST(PodConstraintsText, SaysWhatIsExpected) {
  for (const char* wrong : {"affinity:=x", "prefer-affinity:zone=app=web", "prefer-affinity:zone=101:a",
                            "spread:zone=app", "spread:zone=1,sideways:app"}) {
    EXPECT_FALSE(parse_cluster_text(std::string("pod p ") + wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace basalt
