#include "kube/credentials.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "kube/base64.hpp"
#include "kube/discovery.hpp"

namespace basalt::kube {
namespace {

constexpr std::chrono::seconds kTokenFresh{60};

bool fits_in_header(const std::string& value) {
  return std::all_of(value.begin(), value.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7F; });
}

std::string trimmed(const std::string& text) {
  const char* const kSpace = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

Result<std::string> read_token(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Error{ErrorCode::not_found, "token file " + file + ": cannot be opened"};
  const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  std::string token = trimmed(text);
  if (token.empty()) return Error{ErrorCode::invalid, "token file " + file + ": is empty, expected a token"};
  if (!fits_in_header(token)) {
    return Error{ErrorCode::invalid, "token file " + file + ": expected one line, found control characters"};
  }
  return token;
}

std::string_view authorization(const std::vector<HttpHeader>& headers) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [](const HttpHeader& header) { return header.name == "Authorization"; });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

class AuthenticatedTransport final : public Transport {
 public:
  AuthenticatedTransport(std::unique_ptr<Transport> inner, AuthSettings settings, std::string user_agent,
                         const Clock& clock)
      : inner_(std::move(inner)), credentials_(std::move(settings), clock), user_agent_(std::move(user_agent)) {}

  Result<HttpResponse> call(const HttpRequest& request, std::chrono::milliseconds time_limit,
                            std::stop_token stop) override {
    return with_credentials<HttpResponse>(
        request, [&](const HttpRequest& signed_request) { return inner_->call(signed_request, time_limit, stop); },
        [](const HttpResponse& response) { return response.status; });
  }

  Result<StreamEnd> stream(const HttpRequest& request, const StreamOptions& options, StreamReceiver& receiver,
                           std::stop_token stop) override {
    return with_credentials<StreamEnd>(
        request,
        [&](const HttpRequest& signed_request) { return inner_->stream(signed_request, options, receiver, stop); },
        [](const StreamEnd& end) { return end.head.status; });
  }

 private:
  HttpRequest sign(const HttpRequest& request, const std::vector<HttpHeader>& auth) const {
    HttpRequest signed_request = request;
    signed_request.headers.push_back({"User-Agent", user_agent_});
    signed_request.headers.insert(signed_request.headers.end(), auth.begin(), auth.end());
    return signed_request;
  }

  template <class Answer, class Send, class Status>
  Result<Answer> with_credentials(const HttpRequest& request, Send send, Status status) {
    const auto headers = credentials_.headers();
    if (!headers) return headers.error();
    auto answer = send(sign(request, *headers));
    if (!answer || status(*answer) != 401 || !credentials_.renew(*headers)) return answer;
    const auto renewed = credentials_.headers();
    if (!renewed) return answer;
    return send(sign(request, *renewed));
  }

  const std::unique_ptr<Transport> inner_;
  Credentials credentials_;
  const std::string user_agent_;
};

}  // namespace

Credentials::Credentials(AuthSettings settings, const Clock& clock)
    : settings_(std::move(settings)), clock_(clock), token_(settings_.token) {}

void Credentials::read_token_file() {
  read_at_ = clock_.steady_now();
  auto token = read_token(settings_.token_file);
  if (token) {
    token_ = std::move(*token);
    last_failure_.reset();
  } else {
    last_failure_ = token.error();
  }
}

std::vector<HttpHeader> Credentials::compose() const {
  std::vector<HttpHeader> headers;
  if (!token_.empty()) {
    headers.push_back({"Authorization", "Bearer " + token_});
  } else if (!settings_.username.empty() || !settings_.password.empty()) {
    headers.push_back({"Authorization", "Basic " + encode_base64(settings_.username + ":" + settings_.password)});
  }
  const Impersonation& as = settings_.impersonation;
  if (!as.user.empty()) headers.push_back({"Impersonate-User", as.user});
  if (!as.uid.empty()) headers.push_back({"Impersonate-Uid", as.uid});
  for (const std::string& group : as.groups) headers.push_back({"Impersonate-Group", group});
  for (const auto& [key, values] : as.extra) {
    for (const std::string& value : values) headers.push_back({"Impersonate-Extra-" + percent_encode(key), value});
  }
  return headers;
}

Result<std::vector<HttpHeader>> Credentials::headers() {
  const std::lock_guard lock(mutex_);
  const bool from_file = !settings_.token_file.empty();
  if (from_file && (!read_at_ || clock_.steady_now() - *read_at_ >= kTokenFresh)) read_token_file();
  if (from_file && token_.empty()) {
    read_at_.reset();  // nothing to live on: the next request tries again
    return Error{ErrorCode::refused, "no token to authenticate with: " + last_failure_->message};
  }
  std::vector<HttpHeader> headers = compose();
  for (const HttpHeader& header : headers) {
    if (!fits_in_header(header.value)) {
      return Error{ErrorCode::refused,
                   "credentials: the value for header " + header.name + " has control characters, expected plain text"};
    }
  }
  return headers;
}

bool Credentials::renew(const std::vector<HttpHeader>& sent) {
  const std::lock_guard lock(mutex_);
  if (settings_.token_file.empty()) return false;
  const auto differs = [&] { return authorization(compose()) != authorization(sent); };
  if (differs()) return true;  // another thread has renewed it already
  read_token_file();
  return differs();
}

std::optional<Error> Credentials::last_failure() const {
  const std::lock_guard lock(mutex_);
  return last_failure_;
}

std::unique_ptr<Transport> make_authenticated_transport(std::unique_ptr<Transport> inner, AuthSettings settings,
                                                        std::string user_agent, const Clock& clock) {
  return std::make_unique<AuthenticatedTransport>(std::move(inner), std::move(settings), std::move(user_agent), clock);
}

}  // namespace basalt::kube
