#include <cstdio>

#include "actions/builtin.hpp"
#include "plugins/builtin.hpp"
#include "recording/replay.hpp"
#include "scheduler/explanations.hpp"
#include "tools/arguments.hpp"
#include "tools/http_get.hpp"

namespace basalt::tools {
namespace {

constexpr const char* kHelp =
    "basalt-explain: why a job or a pod waits.\n\n"
    "Usage: basalt-explain --server HOST:PORT [flags] [NAME]        of a scheduler that runs (its --listen-address)\n"
    "       basalt-explain --recording FILE [--cycle N] [flags] [NAME]  at the end of a recording, or after cycle N\n\n"
    "NAME is that of a job, else of a pod: \"name\" or \"namespace/name\"; without it, all jobs that wait.\n\n"
    "  --json   as JSON, amounts in their units (cpu in milli)\n"
    "  --pod    NAME is that of a pod\n\n"
    "Exit status: 0 explained, 1 there is no such job or pod, 2 something else went wrong.\n";
constexpr int kExplained = 0;
constexpr int kUnknown = 1;
constexpr int kFailed = 2;

int fail(const std::string& message, int status = kFailed) {
  std::fprintf(stderr, "basalt-explain: %s\n", message.c_str());
  return status;
}

/// What a name may stand for, in the order in which it is tried.
std::vector<Subject> subjects_of(const CommandLine& line) {
  if (line.words.empty()) return {Subject{}};
  const std::string& name = line.words.front();
  std::vector<Subject> subjects;
  if (!line.has("pod")) subjects.push_back({Subject::Kind::job, name});
  subjects.push_back({Subject::Kind::pod, name});
  return subjects;
}

int ask_server(const CommandLine& line) {
  for (const Subject& subject : subjects_of(line)) {
    std::string target = "/v1/explain";
    if (subject.kind != Subject::Kind::everything) {
      target += subject.kind == Subject::Kind::job ? "/jobs/" : "/pods/";
      target += subject.name.find('/') == std::string::npos ? "default/" + subject.name : subject.name;
    }
    if (line.has("json")) target += "?format=json";
    const auto answer = http_get(line.value("server"), target);
    if (answer) {
      std::fputs(answer->c_str(), stdout);
      return kExplained;
    }
    if (answer.error().code != ErrorCode::not_found) return fail(answer.error().message);
  }
  return fail("there is no job and no pod " + line.words.front(), kUnknown);
}

int ask_recording(const CommandLine& line) {
  const auto cycle = line.number("cycle");
  if (!cycle) return fail(cycle.error().message);
  const Registry registry{builtin_plugins(), builtin_actions()};
  auto replay = Replay::open(line.value("recording"), registry);
  if (!replay) return fail(replay.error().message);
  while (!*cycle || replay->moment().cycle < **cycle) {
    const auto replayed = replay->next();
    if (!replayed) return fail(replayed.error().message);
    if (!*replayed) break;
    if (!(*replayed)->same) {
      std::fprintf(stderr, "cycle %llu decides otherwise than recorded: what follows may not be what was\n",
                   static_cast<unsigned long long>((*replayed)->moment.cycle));
    }
  }
  if (replay->configuration() == nullptr) return fail("the recording holds no cycle");
  if (*cycle && replay->moment().cycle < **cycle) return fail("the recording ends before that cycle");
  Session session(replay->state().cluster(), *replay->configuration(), replay->moment(), SessionPurpose::what_if);
  for (const Subject& subject : subjects_of(line)) {
    const auto text = explain(session, subject, line.has("json"));
    if (!text) continue;
    std::fputs(text->c_str(), stdout);
    return kExplained;
  }
  return fail("there is no job and no pod " + line.words.front(), kUnknown);
}

int run(int argc, const char* const* argv) {
  const auto line = read_command_line(argc, argv, {"server", "recording", "cycle"}, {"json", "pod", "help"});
  if (!line) return fail(line.error().message);
  if (line->has("help")) {
    std::fputs(kHelp, stdout);
    return kExplained;
  }
  if (line->words.size() > 1 || line->has("server") == line->has("recording")) {
    return fail("expected --server or --recording, and at most one name; --help says more");
  }
  return line->has("server") ? ask_server(*line) : ask_recording(*line);
}

}  // namespace
}  // namespace basalt::tools

int main(int argc, char** argv) { return basalt::tools::run(argc, argv); }
