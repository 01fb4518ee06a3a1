// What a library that speaks HTTP costs: calls, lists and watches against a server on loopback, with and without TLS.
//
//   basalt-transport-bench beast|cpprestsdk [SECONDS]
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "integration/certificates.hpp"
#include "integration/scripted_server.hpp"
#include "kube/connect.hpp"

namespace basalt::kube {
namespace {

using testing::Exchange;
using testing::ScriptedServer;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTimeLimit{60};
constexpr std::size_t kListBytes = std::size_t{32} << 20U;
constexpr std::size_t kChunk = 64 * 1024;
constexpr int kEvents = 20'000;
const std::string kEvent =
    R"({"type":"MODIFIED","object":{"metadata":{"name":"p"},"padding":")" + std::string(2000, 'x') + "\"}}\n";

bool answer(Exchange& exchange) {
  if (exchange.path == "/list") {
    bool open = exchange.begin_stream();
    const std::string chunk(kChunk, 'x');
    for (std::size_t sent = 0; open && sent < kListBytes; sent += kChunk) open = exchange.chunk(chunk);
    return open && exchange.end_stream();
  }
  if (exchange.path == "/watch") {
    bool open = exchange.begin_stream();
    for (int i = 0; open && i < kEvents; ++i) open = exchange.chunk(kEvent);
    return open && exchange.end_stream();
  }
  return exchange.reply(201, R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201})");
}

class Count final : public StreamReceiver {
 public:
  bool on_open(const HttpResponse&) override { return true; }
  bool on_bytes(std::string_view bytes) override {
    size += bytes.size();
    return true;
  }
  std::size_t size = 0;
};

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void check(bool held, const std::string& what) {
  if (held) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

// Repeats a piece of work until the time is over; prints how often it was done, and what each cost this process, the
// server's part included.
template <class Work>
void measure(const char* what, double units_each, const char* unit, std::chrono::duration<double> time, Work work) {
  const auto begin = Clock::now();
  const double cpu = cpu_seconds();
  int done = 0;
  do {
    work();
    ++done;
  } while (Clock::now() - begin < time);
  const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
  const double units = done * units_each;
  std::printf("  %-34s %10.0f %s/s   %8.1f us cpu each\n", what, units / elapsed, unit,
              (cpu_seconds() - cpu) / units * 1e6);
}

void run(HttpLibrary library, bool tls, std::chrono::duration<double> time) {
  std::printf("%s\n", tls ? "TLS" : "plain");
  const testing::Identity authority = testing::make_authority("bench");
  std::optional<ScriptedServer::Tls> secure;
  if (tls) secure = ScriptedServer::Tls{testing::issue(authority, "server", {"IP:127.0.0.1"})};
  ScriptedServer server(answer, secure);
  TlsSettings settings;
  settings.authorities.text = authority.certificate;
  const auto make = [&] { return *make_backend(library, server.address(), settings); };
  const auto transport = make();
  const HttpRequest post{"POST", "/bind", {{"Content-Type", "application/json"}}, std::string(300, 'b')};
  const auto call = [&](Transport& over) {
    const auto reply = over.call(post, kTimeLimit, {});
    check(reply && reply->ok(), reply ? "not ok" : reply.error().message);
  };
  measure("calls, one thread", 1, "calls", time, [&] { call(*transport); });
  measure("calls, eight threads", 8 * 50, "calls", time, [&] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 50; ++j) call(*transport);
      });
    }
  });
  measure("connections, one call on each", 1, "calls", time, [&] { call(*make()); });
  measure("lists of 32 MiB", 32, "MiB", time, [&] {
    const auto reply = transport->call({"GET", "/list", {}, ""}, kTimeLimit, {});
    check(reply && reply->body.size() == kListBytes, "a short list");
  });
  measure("watch events of 2 KiB", kEvents, "events", time, [&] {
    Count count;
    const auto end = transport->stream({"GET", "/watch", {}, ""}, {}, count, {});
    check(end && count.size == kEvents * kEvent.size(), "a short watch");
  });
}

}  // namespace
}  // namespace basalt::kube

int main(int argc, char** argv) {
  const std::string library = argc > 1 ? argv[1] : "";
  if (library != "beast" && library != "cpprestsdk") {
    std::fprintf(stderr, "usage: %s beast|cpprestsdk [SECONDS]\n", argv[0]);
    return 1;
  }
  const std::chrono::duration<double> time(argc > 2 ? std::atof(argv[2]) : 1.0);
  for (const bool tls : {false, true}) {
    basalt::kube::run(library == "beast" ? basalt::kube::HttpLibrary::beast : basalt::kube::HttpLibrary::cpprestsdk,
                      tls, time);
  }
}
