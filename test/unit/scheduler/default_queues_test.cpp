#include "scheduler/default_queues.hpp"

#include <gmock/gmock.h>

#include "unit/scheduler/fakes.hpp"

namespace basalt {
namespace {

using ::testing::ElementsAre;
using testing::Fault;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class DefaultQueuesTest : public ::testing::Test {
 protected:
  Result<void> ensure() {
    return ensure_queues("standard", api_, waiter_, [this](std::string_view why) { reasons_.emplace_back(why); }, {});
  }

  testing::FakeWriter api_;
  testing::InstantWaiter waiter_;
  std::vector<std::string> reasons_;
};

TEST_F(DefaultQueuesTest, CreatesTheRootAndTheDefaultQueue) {
  EXPECT_TRUE(ensure());
  EXPECT_THAT(api_.lines("create-queue"),
              ElementsAre(HasSubstr(R"("name":"root"},"spec":{"reclaimable":false,"weight":1})"),
                          HasSubstr(R"("name":"standard"},"spec":{"reclaimable":true,"weight":1})")));
}

TEST_F(DefaultQueuesTest, LeavesThoseThatExist) {
  api_.has_queue("root");
  api_.has_queue("standard");
  EXPECT_TRUE(ensure());
  EXPECT_THAT(api_.lines("create-queue"), SizeIs(0));
}

TEST_F(DefaultQueuesTest, TriesAgainEachSecondAndSaysWhyOnce) {
  api_.fail_next("create-queue", {Fault::request_lost, Fault::request_lost});
  EXPECT_TRUE(ensure());
  EXPECT_THAT(waiter_.pauses(), ElementsAre(1000, 1000));
  EXPECT_THAT(reasons_, ElementsAre("queue \"root\": connection refused"));
}

TEST_F(DefaultQueuesTest, GivesUpAfterSixtyTries) {
  api_.always_fail("create-queue", Fault::refused);
  const auto ensured = ensure();
  ASSERT_FALSE(ensured);
  EXPECT_EQ("queue \"root\": forbidden", ensured.error().message);
  EXPECT_THAT(api_.lines("create-queue"), SizeIs(60));
}

}  // namespace
}  // namespace basalt
