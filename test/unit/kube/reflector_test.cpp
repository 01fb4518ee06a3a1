#include "kube/reflector.hpp"

#include <gtest/gtest.h>

#include "unit/kube/fakes.hpp"
#include "unit/kube/protobuf_text.hpp"

namespace basalt::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::FakeClock;
using testing::FakeTransport;
using testing::FakeWaiter;
using Lines = std::vector<std::string>;
using Pauses = std::vector<long long>;

// Writes down what it is told, a line each.
class Story final : public ObjectSink {
 public:
  void on_replace_begin(const std::string& version) override { lines.push_back("list at " + version); }
  void on_replace_end() override { lines.emplace_back("end of list"); }
  void on_upsert(const ObjectHead& head, const ObjectBytes&, Change change) override {
    const char* const name = change == Change::added ? "added " : change == Change::modified ? "modified " : "same ";
    lines.push_back(name + text(head));
  }
  void on_delete(const ObjectHead& head, const ObjectBytes* last) override {
    lines.push_back((last == nullptr ? "gone " : "deleted ") + text(head));
  }
  void on_synced() override { lines.emplace_back("synced"); }
  void on_watching() override { lines.emplace_back("watching"); }
  void on_interrupted(SteadyTime since, const Error&) override {
    lines.emplace_back("interrupted");
    interrupted_since = since;
  }
  void on_failure(const Error& error) override { failures.push_back(error); }

  Lines lines;
  SteadyTime interrupted_since;
  std::vector<Error> failures;

 private:
  static std::string text(const ObjectHead& head) {
    return head.key.space + "/" + head.key.name + " " + head.uid + " " + head.resource_version;
  }
};

std::string object(const std::string& name, const std::string& uid, const std::string& version) {
  return R"({"metadata":{"namespace":"ns","name":")" + name + R"(","uid":")" + uid + R"(","resourceVersion":")" +
         version + "\"}}";
}

std::string list(const std::string& version, const std::string& items, const std::string& token = {}) {
  return R"({"metadata":{"resourceVersion":")" + version + R"(","continue":")" + token + R"("},"items":[)" + items +
         "]}";
}

std::string event(const std::string& type, const std::string& body) {
  return R"({"type":")" + type + R"(","object":)" + body + "}\n";
}

std::string bookmark(const std::string& version) {
  return event("BOOKMARK", R"({"metadata":{"resourceVersion":")" + version + "\"}}");
}

std::string failure(int code, const std::string& reason) {
  return R"({"kind":"Status","status":"Failure","message":"m","reason":")" + reason + R"(","code":)" +
         std::to_string(code) + "}";
}

class ReflectorTest : public ::testing::Test {
 protected:
  ReflectorTest() : waiter_(clock_), client_(server_, clock_, waiter_) { options_.path = "/p"; }

  // A watch that brings this and then ends, after 10 minutes.
  void watch(const std::string& bytes, StreamEndReason reason = StreamEndReason::finished,
             seconds lasting = seconds(600), const std::string& type = "application/json") {
    server_.on_stream([=, this](const HttpRequest&, StreamReceiver& receiver) -> Result<StreamEnd> {
      const HttpResponse head{200, {{"Content-Type", type}}, ""};
      if (!receiver.on_open(head)) return StreamEnd{StreamEndReason::cancelled, head, ""};
      if (!bytes.empty() && !receiver.on_bytes(bytes)) return StreamEnd{StreamEndReason::cancelled, head, ""};
      clock_.advance(lasting);
      return StreamEnd{reason, head, "scripted"};
    });
  }
  void refuse_watch(int code, const std::string& body) {
    server_.on_stream([=](const HttpRequest&, StreamReceiver&) -> Result<StreamEnd> {
      return StreamEnd{StreamEndReason::refused, {code, {{"Content-Type", "application/json"}}, body}, ""};
    });
  }
  void fail_watch(ErrorCode code) {
    server_.on_stream([=](const HttpRequest&, StreamReceiver&) -> Result<StreamEnd> {
      return Error{code, "scripted"};
    });
  }
  void run() {
    Reflector reflector(
        client_, story_, clock_, waiter_, [this] { return random_; }, options_);
    reflector.run(server_.token());
    health_ = reflector.health();
    EXPECT_TRUE(server_.token().stop_requested());
  }

  FakeClock clock_;
  FakeWaiter waiter_;
  FakeTransport server_;
  Client client_;
  ReflectorOptions options_;
  Story story_;
  ReflectorHealth health_;
  double random_ = 0;
};

const std::string kWatch = "WATCH /p?watch=true&allowWatchBookmarks=true&resourceVersion=";

TEST_F(ReflectorTest, ListsThenWatchesFromThere) {
  server_.reply(200, list("10", object("a", "u1", "5") + "," + object("b", "u2", "6")));
  watch(event("ADDED", object("c", "u3", "11")) + event("MODIFIED", object("a", "u1", "12")) +
        event("DELETED", object("b", "u2", "13")));
  run();
  EXPECT_EQ((Lines{"list at 10", "added ns/a u1 5", "added ns/b u2 6", "end of list", "synced", "watching",
                   "added ns/c u3 11", "modified ns/a u1 12", "deleted ns/b u2 13"}),
            story_.lines);
  EXPECT_EQ(
      (Lines{"GET /p?limit=500&resourceVersion=0", kWatch + "10&timeoutSeconds=300", kWatch + "13&timeoutSeconds=300"}),
      server_.paths);
  EXPECT_TRUE(health_.synced);
  EXPECT_EQ(2U, health_.objects);
  EXPECT_EQ(3U, health_.events);
  EXPECT_TRUE(waiter_.pauses.empty());
}

TEST_F(ReflectorTest, ReadsProtobuf) {
  const std::string pods = testing::field(1, testing::field(2, std::string_view("10"))) +
                           testing::field(2, testing::object("ns", "a", "u1", "5"));
  const std::string body = testing::envelope("PodList", pods);
  server_.on_call([body](const HttpRequest& request) -> Result<HttpResponse> {
    EXPECT_EQ("application/vnd.kubernetes.protobuf,application/json", request.headers.at(0).value);
    return HttpResponse{200, {{"Content-Type", "application/vnd.kubernetes.protobuf"}}, body};
  });
  watch(testing::watch_frame("MODIFIED", "Pod", testing::object("ns", "a", "u1", "11")) +
            testing::watch_frame("BOOKMARK", "Pod", testing::object("", "", "", "20")),
        StreamEndReason::finished, seconds(600), "application/vnd.kubernetes.protobuf;stream=watch");
  run();
  EXPECT_EQ((Lines{"list at 10", "added ns/a u1 5", "end of list", "synced", "watching", "modified ns/a u1 11"}),
            story_.lines);
  EXPECT_EQ(kWatch + "20&timeoutSeconds=300", server_.paths.back());
}

TEST_F(ReflectorTest, WatchTimesAreDrawnBetweenOneAndTwoOfTheShortest) {
  random_ = 0.5;
  server_.reply(200, list("10", ""));
  run();
  EXPECT_EQ(kWatch + "10&timeoutSeconds=450", server_.paths.at(1));
  EXPECT_EQ(milliseconds(240'000), server_.last_options.idle_limit);
}

TEST_F(ReflectorTest, BookmarksOnlyMoveTheResourceVersion) {
  server_.reply(200, list("10", ""));
  watch(bookmark("500"));
  run();
  EXPECT_EQ((Lines{"list at 10", "end of list", "synced", "watching"}), story_.lines);
  EXPECT_EQ(kWatch + "500&timeoutSeconds=300", server_.paths.back());
}

TEST_F(ReflectorTest, SelectorsGoIntoEveryRequest) {
  options_.label_selector = "a=b";
  options_.field_selector = "spec.nodeName!=";
  server_.reply(200, list("10", ""));
  run();
  EXPECT_EQ("GET /p?limit=500&resourceVersion=0&labelSelector=a%3Db&fieldSelector=spec.nodeName%21%3D",
            server_.paths.at(0));
  EXPECT_EQ(kWatch + "10&timeoutSeconds=300&labelSelector=a%3Db&fieldSelector=spec.nodeName%21%3D",
            server_.paths.at(1));
}

TEST_F(ReflectorTest, PagesAreFetchedBeforeAnythingIsDelivered) {
  server_.reply(200, list("10", object("a", "u1", "1"), "t1"))
      .reply(200, list("12", object("b", "u2", "2"), "t2"))
      .on_call([this](const HttpRequest&) -> Result<HttpResponse> {
        EXPECT_TRUE(story_.lines.empty());
        return HttpResponse{200, {{"Content-Type", "application/json"}}, list("13", object("c", "u3", "3"))};
      });
  run();
  EXPECT_EQ((Lines{"GET /p?limit=500&resourceVersion=0", "GET /p?limit=500&continue=t1", "GET /p?limit=500&continue=t2",
                   kWatch + "10&timeoutSeconds=300"}),
            server_.paths);
  EXPECT_EQ((Lines{"list at 10", "added ns/a u1 1", "added ns/b u2 2", "added ns/c u3 3", "end of list", "synced"}),
            story_.lines);
}

TEST_F(ReflectorTest, AnExpiredContinueTokenLeadsToOneFullList) {
  server_.reply(200, list("10", object("a", "u1", "1"), "t1"))
      .reply(410, failure(410, "Expired"))
      .reply(200, list("20", object("a", "u1", "1")));
  run();
  EXPECT_EQ((Lines{"GET /p?limit=500&resourceVersion=0", "GET /p?limit=500&continue=t1", "GET /p?resourceVersion=0",
                   kWatch + "20&timeoutSeconds=300"}),
            server_.paths);
}

TEST_F(ReflectorTest, LaterListsAreNotPagedUnlessTheServerPagesItsCache) {
  server_.reply(200, list("10", ""));
  watch(event("ERROR", failure(410, "Expired")));
  server_.reply(200, list("30", ""));
  run();
  EXPECT_EQ("GET /p?resourceVersion=10", server_.paths.at(2));
}

TEST_F(ReflectorTest, ALaterListIsPagedIfTheFirstWas) {
  server_.reply(200, list("10", "", "t1")).reply(200, list("10", ""));
  watch(event("ERROR", failure(410, "Expired")));
  server_.reply(200, list("30", ""));
  run();
  EXPECT_EQ("GET /p?limit=500&resourceVersion=10", server_.paths.at(3));
}

TEST_F(ReflectorTest, AnExpiredWatchIsFollowedByAListFromTheLastVersionAndDeletes) {
  server_.reply(200, list("10", object("a", "u1", "1") + "," + object("b", "u2", "2") + "," + object("c", "u3", "3")));
  watch(bookmark("15") + event("ERROR", failure(410, "Expired")));
  server_.reply(200,
                list("30", object("c", "u9", "21") + "," + object("b", "u2", "2") + "," + object("d", "u4", "22")));
  watch("");
  run();
  EXPECT_EQ((Lines{"list at 10", "added ns/a u1 1", "added ns/b u2 2", "added ns/c u3 3", "end of list", "synced",
                   "watching", "interrupted", "list at 30", "gone ns/c u3 3", "added ns/c u9 21", "same ns/b u2 2",
                   "added ns/d u4 22", "gone ns/a u1 1", "end of list", "watching"}),
            story_.lines);
  EXPECT_EQ("GET /p?resourceVersion=15", server_.paths.at(2));
  EXPECT_EQ((Pauses{800}), waiter_.pauses);
  EXPECT_EQ(1U, health_.expirations);
  EXPECT_TRUE(story_.failures.empty());
}

TEST_F(ReflectorTest, AnExpiredListIsRepeatedAtOnceWithoutAVersion) {
  server_.reply(200, list("10", ""));
  watch(event("ERROR", failure(410, "Gone")));
  server_.reply(410, failure(410, "Expired")).reply(200, list("40", ""));
  watch(event("ERROR", failure(410, "Gone")));
  server_.reply(200, list("50", ""));
  run();
  EXPECT_EQ((Lines{"GET /p?limit=500&resourceVersion=0", kWatch + "10&timeoutSeconds=300", "GET /p?resourceVersion=10",
                   "GET /p?limit=500", kWatch + "40&timeoutSeconds=300",
                   "GET /p?resourceVersion=40",  // success has cleared the doubt
                   kWatch + "50&timeoutSeconds=300"}),
            server_.paths);
  EXPECT_EQ((Pauses{800, 1600}), waiter_.pauses);
}

TEST_F(ReflectorTest, ATooLargeVersionIsRepeatedAtOnceWithoutAVersion) {
  server_.reply(200, list("10", ""));
  watch(event("ERROR", failure(410, "Gone")));
  server_
      .reply(
          504,
          R"({"kind":"Status","code":504,"reason":"Timeout","details":{"causes":[{"reason":"ResourceVersionTooLarge"}],
                 "retryAfterSeconds":1}})",
          {{"Retry-After", "1"}})
      .reply(200, list("4", ""));
  run();
  EXPECT_EQ("GET /p?limit=500", server_.paths.at(3));
  EXPECT_EQ((Pauses{800}), waiter_.pauses);
}

TEST_F(ReflectorTest, AFailedListWithoutVersionKeepsTheDoubtForTheNextRound) {
  server_.reply(410, failure(410, "Expired")).reply(403, failure(403, "Forbidden")).reply(200, list("7", ""));
  run();
  EXPECT_EQ((Lines{"GET /p?limit=500&resourceVersion=0", "GET /p?limit=500", "GET /p?limit=500",
                   kWatch + "7&timeoutSeconds=300"}),
            server_.paths);
}

TEST_F(ReflectorTest, FailuresOfListsBackOffUpToTheCapWithJitter) {
  random_ = 0.25;
  for (int i = 0; i < 8; ++i) server_.reply(403, failure(403, "Forbidden"));
  run();
  EXPECT_EQ((Pauses{1000, 2000, 4000, 8000, 16000, 32000, 37500, 37500}), waiter_.pauses);
  EXPECT_EQ(ErrorCode::refused, story_.failures.at(0).code);
  EXPECT_EQ((Lines{"interrupted"}), story_.lines);  // told once
  EXPECT_FALSE(health_.synced);
}

TEST_F(ReflectorTest, BackOffStartsAnewAfterTwoQuietMinutes) {
  server_.reply(403, failure(403, "Forbidden")).reply(403, failure(403, "Forbidden")).reply(200, list("1", ""));
  watch(event("ERROR", failure(410, "Gone")), StreamEndReason::finished);
  server_.on_call([](const HttpRequest&) -> Result<HttpResponse> {
    return HttpResponse{200, {{"Content-Type", "application/json"}}, list("2", "")};
  });
  watch(bookmark("3"), StreamEndReason::finished, seconds(121));
  watch(event("ERROR", failure(410, "Gone")));
  run();
  EXPECT_EQ((Pauses{800, 1600, 3200, 800}), waiter_.pauses);
}

TEST_F(ReflectorTest, ACleanEndOrABrokenConnectionIsResumedAtOnce) {
  server_.reply(200, list("10", ""));
  watch(bookmark("11"), StreamEndReason::finished);
  watch(bookmark("12"), StreamEndReason::cut_off);
  watch(bookmark("13") + R"({"type":"ADDED","object":{"metad)", StreamEndReason::cut_off);
  run();
  EXPECT_EQ(kWatch + "13&timeoutSeconds=300", server_.paths.back());
  EXPECT_TRUE(waiter_.pauses.empty());
  EXPECT_EQ((Lines{"list at 10", "end of list", "synced", "watching"}), story_.lines);
  EXPECT_EQ(3U, health_.watches);
}

TEST_F(ReflectorTest, AStallIsReportedWithTheLastContactAndResumed) {
  server_.reply(200, list("10", ""));
  const SteadyTime began = clock_.steady_now();
  watch(bookmark("11"), StreamEndReason::stalled, seconds(240));
  watch(bookmark("12"));
  run();
  EXPECT_EQ((Lines{"list at 10", "end of list", "synced", "watching", "interrupted", "watching"}), story_.lines);
  EXPECT_EQ(began, story_.interrupted_since);
  EXPECT_EQ(1U, health_.stalls);
  EXPECT_TRUE(health_.watching);
  EXPECT_FALSE(health_.interrupted_at);
  EXPECT_TRUE(waiter_.pauses.empty());
}

TEST_F(ReflectorTest, AVeryShortWatchWithoutEventsIsAnErrorAndListedAgain) {
  server_.reply(200, list("10", ""));
  watch("", StreamEndReason::finished, seconds(0));
  server_.reply(200, list("12", ""));
  run();
  EXPECT_EQ("GET /p?resourceVersion=10", server_.paths.at(2));
  EXPECT_EQ((Pauses{800}), waiter_.pauses);
  EXPECT_EQ(1U, story_.failures.size());
}

TEST_F(ReflectorTest, ARefusedConnectionOr429IsWaitedForWithoutANewList) {
  server_.reply(200, list("10", ""));
  server_.on_stream([](const HttpRequest&, StreamReceiver&) -> Result<StreamEnd> {
    return StreamEnd{StreamEndReason::connection_refused, {}, "nobody there"};
  });
  refuse_watch(429, failure(429, "TooManyRequests"));
  watch(event("ERROR", failure(429, "TooManyRequests")));
  watch(bookmark("11"));
  run();
  EXPECT_EQ(
      (Lines{"GET /p?limit=500&resourceVersion=0", kWatch + "10&timeoutSeconds=300", kWatch + "10&timeoutSeconds=300",
             kWatch + "10&timeoutSeconds=300", kWatch + "10&timeoutSeconds=300", kWatch + "11&timeoutSeconds=300"}),
      server_.paths);
  EXPECT_EQ((Pauses{800, 1600, 3200}), waiter_.pauses);
  EXPECT_EQ((Lines{"list at 10", "end of list", "synced", "interrupted", "watching", "interrupted", "watching"}),
            story_.lines);
}

TEST_F(ReflectorTest, OtherRefusalsOfAWatchLeadToANewList) {
  server_.reply(200, list("10", ""));
  refuse_watch(403, failure(403, "Forbidden"));
  server_.reply(200, list("11", ""));
  refuse_watch(410, failure(410, "Expired"));
  server_.reply(200, list("12", ""));
  run();
  EXPECT_EQ("GET /p?resourceVersion=10", server_.paths.at(2));
  EXPECT_EQ("GET /p?resourceVersion=11", server_.paths.at(4));
  EXPECT_EQ(1U, story_.failures.size());
}

TEST_F(ReflectorTest, AnOpeningThatBreaksIsTriedTenTimesBeforeANewList) {
  server_.reply(200, list("10", ""));
  for (int i = 0; i < 11; ++i) fail_watch(i % 2 == 0 ? ErrorCode::unavailable : ErrorCode::timeout);
  server_.reply(200, list("11", ""));
  run();
  EXPECT_EQ(kWatch + "10&timeoutSeconds=300", server_.paths.at(11));
  EXPECT_EQ("GET /p?resourceVersion=10", server_.paths.at(12));
}

TEST_F(ReflectorTest, OtherErrorEventsLeadToANewList) {
  server_.reply(200, list("10", ""));
  watch(event("ERROR", failure(500, "InternalError")));
  server_.reply(200, list("11", ""));
  run();
  EXPECT_EQ("GET /p?resourceVersion=10", server_.paths.at(2));
  EXPECT_EQ(ErrorCode::unavailable, story_.failures.at(0).code);
}

TEST_F(ReflectorTest, AnUndecodableEventLeadsToANewListFromTheLastGoodOne) {
  for (const char* bad : {"garbage\n", "{\"type\":\"ADDED\",\"object\":{}}\n",
                          "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\"}}}\n"}) {
    SCOPED_TRACE(bad);
    FakeTransport server;
    Client client(server, clock_, waiter_);
    Story story;
    server.reply(200, list("10", "")).reply(200, list("20", ""));
    server.on_stream([&](const HttpRequest&, StreamReceiver& receiver) -> Result<StreamEnd> {
      const HttpResponse head{200, {{"Content-Type", "application/json"}}, ""};
      receiver.on_open(head);
      EXPECT_FALSE(receiver.on_bytes(bookmark("15") + bad));
      return StreamEnd{StreamEndReason::cancelled, head, ""};
    });
    Reflector(
        client, story, clock_, waiter_, [] { return 0.0; }, options_)
        .run(server.token());
    EXPECT_EQ("GET /p?resourceVersion=15", server.paths.at(2));
    EXPECT_EQ(1U, story.failures.size());
  }
}

TEST_F(ReflectorTest, EventsOfUnknownTypeAreSkipped) {
  server_.reply(200, list("10", ""));
  watch(event("SPARKLE", object("a", "u", "11")) + event("ADDED", object("b", "u2", "12")));
  run();
  EXPECT_EQ("added ns/b u2 12", story_.lines.back());
  EXPECT_EQ(1U, story_.failures.size());
}

TEST_F(ReflectorTest, AnUnreadableItemDoesNotStopTheList) {
  server_.reply(200, list("10", object("a", "u1", "1") + R"(,{"spec":{}},)" + object("b", "u2", "2")));
  run();
  EXPECT_EQ((Lines{"list at 10", "added ns/a u1 1", "added ns/b u2 2", "end of list", "synced"}), story_.lines);
  EXPECT_EQ(1U, health_.failures);
}

TEST_F(ReflectorTest, AnObjectReplacedByOneOfTheSameNameIsDeletedFirst) {
  server_.reply(200, list("10", object("a", "u1", "1")));
  watch(event("MODIFIED", object("a", "u2", "11")) + event("DELETED", object("a", "u1", "12")) +
        event("DELETED", object("z", "u8", "13")));
  run();
  EXPECT_EQ((Lines{"list at 10", "added ns/a u1 1", "end of list", "synced", "watching", "gone ns/a u1 1",
                   "added ns/a u2 11"}),
            story_.lines);
}

TEST_F(ReflectorTest, NeverWatchesWithoutAVersion) {
  server_.reply(200, list("", "")).reply(200, list("5", ""));
  run();
  EXPECT_EQ((Lines{"GET /p?limit=500&resourceVersion=0", "GET /p?limit=500&resourceVersion=0",
                   kWatch + "5&timeoutSeconds=300"}),
            server_.paths);
}

TEST_F(ReflectorTest, AReplyThatIsNoListIsAFailure) {
  server_.reply(200, "<html>").reply(200, list("5", ""));
  run();
  EXPECT_EQ(ErrorCode::invalid, story_.failures.at(0).code);
  EXPECT_EQ("synced", story_.lines.back());
}

}  // namespace
}  // namespace basalt::kube
