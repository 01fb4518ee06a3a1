#include "kube/transport.hpp"

#include <strings.h>

#include <algorithm>

namespace basalt::kube {

std::string_view HttpResponse::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const HttpHeader& header) {
    return header.name.size() == name.size() && strncasecmp(header.name.data(), name.data(), name.size()) == 0;
  });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

}  // namespace basalt::kube
