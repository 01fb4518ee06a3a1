#include "tools/http_get.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <limits>

namespace basalt::tools {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

Result<std::string> http_get(const std::string& server, const std::string& target) {
  const std::size_t colon = server.rfind(':');
  if (colon == std::string::npos) return Error{ErrorCode::invalid, "\"" + server + "\": expected host:port"};
  const auto failed = [&](const boost::system::error_code& code) {
    return Error{ErrorCode::unavailable, server + ": " + code.message()};
  };
  asio::io_context context;
  boost::system::error_code code;
  const auto addresses =
      asio::ip::tcp::resolver(context).resolve(server.substr(0, colon), server.substr(colon + 1), code);
  if (code) return failed(code);
  asio::ip::tcp::socket socket(context);
  asio::connect(socket, addresses, code);
  if (code) return failed(code);
  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, server);
  request.keep_alive(false);
  http::write(socket, request, code);
  if (code) return failed(code);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> response;
  response.body_limit(std::numeric_limits<std::uint32_t>::max());
  http::read(socket, buffer, response, code);
  if (code) return failed(code);
  const unsigned status = response.get().result_int();
  if (status == 200) return std::move(response.get().body());
  return Error{status == 404 ? ErrorCode::not_found : ErrorCode::unavailable,
               server + target + ": HTTP " + std::to_string(status) + ": " + response.get().body()};
}

}  // namespace basalt::tools
