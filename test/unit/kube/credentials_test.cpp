#include "kube/credentials.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "unit/kube/fakes.hpp"

namespace basalt::kube {
namespace {

using std::chrono::seconds;
using testing::FakeClock;
using testing::FakeTransport;

class TokenFile : public ::testing::Test {
 protected:
  TokenFile()
      : path_(std::filesystem::temp_directory_path() /
              ("basalt-token-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + "-" +
               std::to_string(::getpid()))) {}
  ~TokenFile() override { std::filesystem::remove(path_); }

  void write(const std::string& text) const { std::ofstream(path_) << text; }
  AuthSettings settings() const {
    AuthSettings auth;
    auth.token_file = path_.string();
    return auth;
  }
  static std::string bearer(Credentials& credentials) {
    const auto headers = credentials.headers();
    return headers && !headers->empty() ? headers->front().value : "none";
  }

  const std::filesystem::path path_;
  FakeClock clock_;
};

TEST_F(TokenFile, IsReadAgainAfterAMinuteAndTrimmed) {
  write("  first\n");
  Credentials credentials(settings(), clock_);
  EXPECT_EQ("Bearer first", bearer(credentials));
  write("second\n");
  clock_.advance(seconds(59));
  EXPECT_EQ("Bearer first", bearer(credentials));
  clock_.advance(seconds(1));
  EXPECT_EQ("Bearer second", bearer(credentials));
}

TEST_F(TokenFile, ThatIsEmptyOrGoneLeavesThePreviousToken) {
  write("first");
  Credentials credentials(settings(), clock_);
  EXPECT_EQ("Bearer first", bearer(credentials));
  write(" \n");
  clock_.advance(seconds(60));
  EXPECT_EQ("Bearer first", bearer(credentials));
  ASSERT_TRUE(credentials.last_failure());
  EXPECT_EQ("token file " + path_.string() + ": is empty, expected a token", credentials.last_failure()->message);
  std::filesystem::remove(path_);
  clock_.advance(seconds(60));
  EXPECT_EQ("Bearer first", bearer(credentials));
  write("third");
  clock_.advance(seconds(60));
  EXPECT_EQ("Bearer third", bearer(credentials));
  EXPECT_FALSE(credentials.last_failure());
}

TEST_F(TokenFile, ThatCouldNeverBeReadIsAnErrorUntilItCan) {
  Credentials credentials(settings(), clock_);
  const auto headers = credentials.headers();
  ASSERT_FALSE(headers);
  EXPECT_EQ(ErrorCode::refused, headers.error().code);
  EXPECT_NE(std::string::npos, headers.error().message.find(path_.string()));
  write("now");
  EXPECT_EQ("Bearer now", bearer(credentials));
}

TEST_F(TokenFile, BeatsTheTokenThatIsGivenWithIt) {
  write("file");
  AuthSettings auth = settings();
  auth.token = "given";
  Credentials credentials(auth, clock_);
  EXPECT_EQ("Bearer file", bearer(credentials));
}

TEST_F(TokenFile, WithLineBreaksInsideIsRefused) {
  write("a\r\nX-Evil: 1");
  Credentials credentials(settings(), clock_);
  EXPECT_FALSE(credentials.headers());
}

TEST_F(TokenFile, IsReadAtOnceAfterA401AndTheRequestRepeated) {
  write("old");
  auto inner = std::make_unique<FakeTransport>();
  FakeTransport& server = *inner;
  server.reply(401, "").reply(200, "{}").reply(401, "").reply(200, "{}");
  const auto transport = make_authenticated_transport(std::move(inner), settings(), "agent/1", clock_);

  const auto send = [&] { return transport->call({"POST", "/x", {}, "body"}, seconds(1), {}); };
  ASSERT_TRUE(send());  // 401, and the file has not changed: not repeated
  EXPECT_EQ(1U, server.requests.size());
  write("new");
  EXPECT_EQ(200, send()->status);  // still within the minute: the old token, accepted
  EXPECT_EQ(2U, server.requests.size());
  EXPECT_EQ(200, send()->status);  // 401, then at once the new token
  ASSERT_EQ(4U, server.requests.size());
  EXPECT_EQ("Bearer old", server.requests[2].headers[1].value);
  EXPECT_EQ("Bearer new", server.requests[3].headers[1].value);
  EXPECT_EQ("body", server.requests[3].body);
  EXPECT_EQ("agent/1", server.requests[3].headers[0].value);
}

TEST_F(TokenFile, IsReadAtOnceWhenAStreamIsRefused) {
  write("old");
  auto inner = std::make_unique<FakeTransport>();
  FakeTransport& server = *inner;
  server
      .on_stream([this](const HttpRequest&, StreamReceiver&) -> Result<StreamEnd> {
        write("new");
        return StreamEnd{StreamEndReason::refused, {401, {}, ""}, ""};
      })
      .on_stream([](const HttpRequest&, StreamReceiver&) -> Result<StreamEnd> {
        return StreamEnd{StreamEndReason::finished, {200, {}, ""}, ""};
      });
  class Ignore final : public StreamReceiver {
    bool on_open(const HttpResponse&) override { return true; }
    bool on_bytes(std::string_view) override { return true; }
  } ignore;
  const auto transport = make_authenticated_transport(std::move(inner), settings(), "agent/1", clock_);
  const auto end = transport->stream({"GET", "/w", {}, ""}, {}, ignore, {});
  ASSERT_TRUE(end);
  EXPECT_EQ(StreamEndReason::finished, end->reason);
  EXPECT_EQ("Bearer new", server.requests[1].headers[1].value);
}

TEST(Credentials, BasicIsEncoded) {
  FakeClock clock;
  AuthSettings auth;
  auth.username = "Aladdin";
  auth.password = "open sesame";
  Credentials credentials(auth, clock);
  EXPECT_EQ((std::vector<HttpHeader>{{"Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}}), *credentials.headers());
}

TEST(Credentials, ImpersonationBecomesHeaders) {
  FakeClock clock;
  AuthSettings auth;
  auth.impersonation = {"jane", "u-1", {"dev", "ops"}, {{"example.com/x y", {"1", "2"}}}};
  Credentials credentials(auth, clock);
  EXPECT_EQ((std::vector<HttpHeader>{{"Impersonate-User", "jane"},
                                     {"Impersonate-Uid", "u-1"},
                                     {"Impersonate-Group", "dev"},
                                     {"Impersonate-Group", "ops"},
                                     {"Impersonate-Extra-example.com%2Fx%20y", "1"},
                                     {"Impersonate-Extra-example.com%2Fx%20y", "2"}}),
            *credentials.headers());
}

TEST(Credentials, ValuesThatWouldBreakOutOfAHeaderAreRefused) {
  FakeClock clock;
  AuthSettings auth;
  auth.impersonation.user = "jane\r\nX-Evil: 1";
  EXPECT_FALSE(Credentials(auth, clock).headers());
}

}  // namespace
}  // namespace basalt::kube
