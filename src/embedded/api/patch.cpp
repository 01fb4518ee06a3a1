#include "embedded/api/patch.hpp"

#include <nlohmann/json.hpp>

namespace basalt::embedded {
namespace {

constexpr std::size_t kMostOperations = 10'000;

Refusal unprocessable(std::string why) {
  Refusal refusal;
  refusal.code = 422;
  refusal.reason = "Invalid";
  refusal.message = "the server rejected our request due to an error in our request: " + std::move(why);
  return refusal;
}

}  // namespace

Json merge_patch(Json object, const Json& patch) {
  object.merge_patch(patch);
  return object;
}

Outcome<Json> json_patch(const Json& object, const Json& patch) {
  if (!patch.is_array()) return bad_request("a JSON patch is a list of operations");
  if (patch.size() > kMostOperations) {
    Refusal refusal = request_too_large(kMostOperations);
    refusal.message = "The allowed maximum operations in a JSON patch is 10000, got " + std::to_string(patch.size());
    return refusal;
  }
  try {
    return object.patch(patch);
  } catch (const Json::parse_error& error) {
    return bad_request(std::string("the JSON patch is malformed: ") + error.what());
  } catch (const Json::exception& error) {
    return unprocessable(error.what());
  }
}

}  // namespace basalt::embedded
