#include "daemon/inspection.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "scheduler/explanations.hpp"

namespace basalt::daemon {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kJson = "application/json";

std::future<Reply> at_once(unsigned status, std::string text) {
  std::promise<Reply> promise;
  promise.set_value(Reply{status, kText, std::move(text) + "\n"});
  return promise.get_future();
}

/// What stands behind the service's own path; nothing when it makes no sense.
std::optional<Subject> subject_of(std::string_view rest) {
  if (rest.empty() || rest == "/") return Subject{};
  Subject subject;
  if (rest.starts_with("/jobs/")) {
    subject.kind = Subject::Kind::job;
  } else if (rest.starts_with("/pods/")) {
    subject.kind = Subject::Kind::pod;
  } else {
    return std::nullopt;
  }
  subject.name = rest.substr(6);
  // Names of objects need no escapes, so there are none.
  if (subject.name.empty() || std::count(subject.name.begin(), subject.name.end(), '/') > 1) return std::nullopt;
  return subject;
}

/// A question that is answered in parts, so that cycles can run between them.
struct Survey {
  std::promise<Reply> promise;
  Summary summary;
  bool as_json;
};

Reply nothing_to_see() { return Reply{503, kText, "nothing can be said: no cycle has run yet, or the program ends\n"}; }

void go_on(Questions& questions, std::shared_ptr<Survey> survey) {
  questions.ask([&questions, survey = std::move(survey)](Session* session) {
    if (session == nullptr) {
      survey->promise.set_value(nothing_to_see());
    } else if (survey->summary.go_on(*session)) {
      go_on(questions, survey);
    } else {
      survey->promise.set_value(Reply{200, survey->as_json ? kJson : kText, survey->summary.text()});
    }
  });
}

}  // namespace

Service explain_service(Questions& questions, std::string path) {
  return [&questions, path = std::move(path)](const Request& request) {
    if (request.method != "GET" && request.method != "HEAD") return at_once(405, "only GET and HEAD");
    const auto subject = subject_of(std::string_view(request.path).substr(path.size()));
    if (!subject) return at_once(404, "expected " + path + "[/jobs/NAMESPACE/NAME | /pods/NAMESPACE/NAME]");
    const bool as_json = request.query == "format=json";
    if (!as_json && !request.query.empty()) return at_once(400, "expected no query, or format=json");
    if (subject->kind == Subject::Kind::everything) {
      auto survey = std::make_shared<Survey>(Survey{{}, Summary(as_json), as_json});
      auto answer = survey->promise.get_future();
      go_on(questions, std::move(survey));
      return answer;
    }
    auto promise = std::make_shared<std::promise<Reply>>();
    auto answer = promise->get_future();
    questions.ask([promise, subject = *subject, as_json](Session* session) {
      if (session == nullptr) {
        promise->set_value(nothing_to_see());
        return;
      }
      auto text = explain(*session, subject, as_json);
      const std::string kind = subject.kind == Subject::Kind::job ? "job " : "pod ";
      promise->set_value(text ? Reply{200, as_json ? kJson : kText, std::move(*text)}
                              : Reply{404, kText, "there is no " + kind + subject.name + "\n"});
    });
    return answer;
  };
}

Service record_service(Recorder* recorder, Mailbox& mailbox) {
  return [recorder, &mailbox](const Request& request) {
    if (recorder == nullptr) return at_once(404, "nothing can be recorded without --record");
    if (request.method == "GET" || request.method == "HEAD") return at_once(200, recorder->status());
    if (request.method != "POST") return at_once(405, "only GET, HEAD and POST");
    if (!request.from_this_machine) return at_once(403, "only from the machine (the pod) itself");
    if (request.query != "start" && request.query != "stop") return at_once(400, "expected ?start or ?stop");
    if (request.query == "start") {
      recorder->start();
      mailbox.wake();
    } else {
      recorder->stop();
    }
    return at_once(200, recorder->status());
  };
}

}  // namespace basalt::daemon
