#include "kube/kubeconfig.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "kube/base64.hpp"

namespace basalt::kube {
namespace {

namespace fs = std::filesystem;

// A named entry of a list in a kubeconfig, and where it stands: paths in it are relative to that file.
struct Entry {
  YAML::Node body;
  fs::path file;
  std::string label;  // for messages: "kubeconfig /etc/k.conf: user 'admin'"
};

// The merged kubeconfigs: the first entry of each name counts.
struct Merged {
  std::map<std::string, Entry> clusters;
  std::map<std::string, Entry> users;
  std::map<std::string, Entry> contexts;
  std::string current_context;
  std::string files;  // for messages
};

Error invalid(const std::string& where, const std::string& why) {
  return Error{ErrorCode::invalid, where + ": " + why};
}

bool present(const YAML::Node& node) { return node.IsDefined() && !node.IsNull(); }

// The scalar under `key`; empty when absent.
Result<std::string> text(const Entry& entry, const char* key) {
  const YAML::Node node = entry.body[key];
  if (!present(node)) return std::string();
  if (!node.IsScalar()) return invalid(entry.label, std::string(key) + ": expected a string");
  return node.Scalar();
}

Result<bool> flag(const Entry& entry, const char* key) {
  const YAML::Node node = entry.body[key];
  bool value = false;
  if (!present(node)) return false;
  if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value)) {
    return invalid(entry.label, std::string(key) + ": expected true or false");
  }
  return value;
}

std::string absolute(const Entry& entry, const std::string& path) {
  if (path.empty() || fs::path(path).is_absolute()) return path;
  return (entry.file.parent_path() / path).lexically_normal().string();
}

Result<std::string> path(const Entry& entry, const char* key) {
  auto value = text(entry, key);
  if (!value) return value;
  return absolute(entry, *value);
}

// "<key>-data" (base64) beats "<key>" (file).
Result<PemSource> pem(const Entry& entry, const std::string& key) {
  PemSource source;
  const std::string given_key = key + "-data";
  const auto encoded = text(entry, given_key.c_str());
  if (!encoded) return encoded.error();
  if (!encoded->empty()) {
    auto decoded = decode_base64(*encoded);
    if (!decoded) return invalid(entry.label, given_key + ": expected base64 of PEM text");
    source.text = std::move(*decoded);
  }
  auto file = path(entry, key.c_str());
  if (!file) return file.error();
  if (source.text.empty()) source.file = std::move(*file);
  return source;
}

Result<void> refuse_unsupported(const Entry& entry, const char* key, const char* advice) {
  const YAML::Node node = entry.body[key];
  if (!present(node) || (node.IsScalar() && node.Scalar().empty())) return {};
  return Error{ErrorCode::unsupported, entry.label + ": " + key + " is not supported; " + advice};
}

Result<void> add_entries(const YAML::Node& root, const fs::path& file, const char* list, const char* inner,
                         std::map<std::string, Entry>& to) {
  const YAML::Node entries = root[list];
  const std::string where = "kubeconfig " + file.string() + ": " + list;
  if (!present(entries)) return {};
  if (!entries.IsSequence()) return invalid(where, "expected a list");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const YAML::Node entry = entries[i];
    const YAML::Node name = entry.IsMap() ? entry["name"] : YAML::Node();
    if (!present(name) || !name.IsScalar()) {
      return invalid(where + "[" + std::to_string(i) + "]", "expected a map with a name");
    }
    const YAML::Node body = entry[inner];
    const std::string label = "kubeconfig " + file.string() + ": " + inner + " '" + name.Scalar() + "'";
    if (present(body) && !body.IsMap()) return invalid(label, "expected a map under '" + std::string(inner) + "'");
    to.emplace(name.Scalar(), Entry{present(body) ? body : YAML::Node(YAML::NodeType::Map), file, label});
  }
  return {};
}

Result<void> add_file(const fs::path& file, Merged& merged) {
  std::ifstream stream(file, std::ios::binary);
  const std::string label = "kubeconfig " + file.string();
  if (!stream) return invalid(label, "cannot be read");
  const std::string content((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  YAML::Node root;
  try {
    root = YAML::Load(content);
  } catch (const YAML::Exception& error) {
    return invalid(label, std::string("not YAML: ") + error.what());
  }
  if (root.IsNull()) return {};  // kubectl accepts an empty file
  if (!root.IsMap()) return invalid(label, "expected a map with clusters, users and contexts");
  const YAML::Node kind = root["kind"];
  if (present(kind) && (!kind.IsScalar() || kind.Scalar() != "Config")) return invalid(label, "kind: expected Config");
  if (auto added = add_entries(root, file, "clusters", "cluster", merged.clusters); !added) return added;
  if (auto added = add_entries(root, file, "users", "user", merged.users); !added) return added;
  if (auto added = add_entries(root, file, "contexts", "context", merged.contexts); !added) return added;
  const YAML::Node current = root["current-context"];
  if (merged.current_context.empty() && present(current) && current.IsScalar()) {
    merged.current_context = current.Scalar();
  }
  return {};
}

Result<void> read_cluster(const Entry& entry, ClusterAccess& access) {
  if (auto ok = refuse_unsupported(entry, "proxy-url", "use a server URL that is reachable directly"); !ok) return ok;
  const auto server = text(entry, "server");
  if (!server) return server.error();
  if (server->empty()) return invalid(entry.label, "server: expected the URL of the API server");
  auto address = parse_server_url(*server);
  if (!address) return invalid(entry.label, address.error().message);
  access.server = std::move(*address);

  auto authorities = pem(entry, "certificate-authority");
  if (!authorities) return authorities.error();
  auto name = text(entry, "tls-server-name");
  if (!name) return name.error();
  const auto insecure = flag(entry, "insecure-skip-tls-verify");
  if (!insecure) return insecure.error();
  if (*insecure && !authorities->empty()) {
    return invalid(entry.label, "insecure-skip-tls-verify and a certificate-authority: expected one of the two");
  }
  access.tls.authorities = std::move(*authorities);
  access.tls.server_name = std::move(*name);
  access.tls.verify = !*insecure;
  return {};
}

Result<void> read_impersonation(const Entry& entry, Impersonation& to) {
  auto user = text(entry, "as");
  if (!user) return user.error();
  auto uid = text(entry, "as-uid");
  if (!uid) return uid.error();
  to.user = std::move(*user);
  to.uid = std::move(*uid);
  const auto strings = [&entry](const YAML::Node& list, const std::string& key, std::vector<std::string>& out) {
    if (!present(list)) return Result<void>();
    if (!list.IsSequence()) return Result<void>(invalid(entry.label, key + ": expected a list of strings"));
    for (const YAML::Node& item : list) {
      if (!item.IsScalar()) return Result<void>(invalid(entry.label, key + ": expected a list of strings"));
      out.push_back(item.Scalar());
    }
    return Result<void>();
  };
  if (auto read = strings(entry.body["as-groups"], "as-groups", to.groups); !read) return read;
  const YAML::Node extra = entry.body["as-user-extra"];
  if (present(extra) && !extra.IsMap()) return invalid(entry.label, "as-user-extra: expected a map of lists");
  if (present(extra)) {
    for (const auto& member : extra) {
      const std::string key = member.first.IsScalar() ? member.first.Scalar() : std::string();
      to.extra.emplace_back(key, std::vector<std::string>());
      if (auto read = strings(member.second, "as-user-extra." + key, to.extra.back().second); !read) return read;
    }
  }
  const bool more = !to.uid.empty() || !to.groups.empty() || !to.extra.empty();
  if (to.user.empty() && more) return invalid(entry.label, "as-uid, as-groups and as-user-extra need 'as'");
  return {};
}

Result<void> read_user(const Entry& entry, ClusterAccess& access) {
  const char* const advice = "use a token, tokenFile or client certificate";
  if (auto ok = refuse_unsupported(entry, "exec", advice); !ok) return ok;
  if (auto ok = refuse_unsupported(entry, "auth-provider", advice); !ok) return ok;
  auto certificate = pem(entry, "client-certificate");
  if (!certificate) return certificate.error();
  auto key = pem(entry, "client-key");
  if (!key) return key.error();
  if (certificate->empty() != key->empty()) {
    return invalid(entry.label, "client-certificate and client-key: expected both or neither");
  }
  access.tls.certificate = std::move(*certificate);
  access.tls.key = std::move(*key);

  const std::pair<const char*, std::string*> texts[] = {
      {"token", &access.auth.token}, {"username", &access.auth.username}, {"password", &access.auth.password}};
  for (const auto& [name, to] : texts) {
    auto value = text(entry, name);
    if (!value) return value.error();
    *to = std::move(*value);
  }
  auto token_file = path(entry, "tokenFile");
  if (!token_file) return token_file.error();
  access.auth.token_file = std::move(*token_file);
  const bool token = !access.auth.token.empty() || !access.auth.token_file.empty();
  if (token && !(access.auth.username.empty() && access.auth.password.empty())) {
    return invalid(entry.label, "token and username/password: expected one of the two");
  }
  return read_impersonation(entry, access.auth.impersonation);
}

Result<const Entry*> look_up(const std::map<std::string, Entry>& entries, const std::string& name, const char* what,
                             const std::string& where) {
  const auto found = entries.find(name);
  if (found != entries.end()) return &found->second;
  std::string known;
  for (const auto& entry : entries) known += (known.empty() ? "'" : ", '") + entry.first + "'";
  return invalid(where, std::string("there is no ") + what + " '" + name +
                            "', expected one of: " + (known.empty() ? "(none defined)" : known));
}

Result<ClusterAccess> select_context(const Merged& merged, const std::string& wanted) {
  const std::string& name = wanted.empty() ? merged.current_context : wanted;
  const std::string where = "kubeconfig " + merged.files;
  if (name.empty()) return invalid(where, "no current-context, expected the name of a context");
  const auto context = look_up(merged.contexts, name, "context", where);
  if (!context) return context.error();
  const auto cluster_name = text(**context, "cluster");
  if (!cluster_name) return cluster_name.error();
  const auto user_name = text(**context, "user");
  if (!user_name) return user_name.error();
  auto space = text(**context, "namespace");
  if (!space) return space.error();

  ClusterAccess access;
  access.origin = where + ", context '" + name + "'";
  access.default_space = space->empty() ? "default" : std::move(*space);
  const auto cluster = look_up(merged.clusters, *cluster_name, "cluster", (*context)->label);
  if (!cluster) return cluster.error();
  if (auto read = read_cluster(**cluster, access); !read) return read.error();
  if (!user_name->empty()) {
    const auto user = look_up(merged.users, *user_name, "user", (*context)->label);
    if (!user) return user.error();
    if (auto read = read_user(**user, access); !read) return read.error();
  }
  return access;
}

// Credentials must not cross a network in the clear.
void drop_credentials_without_tls(ClusterAccess& access) {
  if (access.server.tls) return;
  access.auth = AuthSettings{};
  access.tls = TlsSettings{};
}

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

Result<ClusterAccess> override_server(ClusterAccess access, const std::string& master) {
  if (master.empty()) return access;
  auto server = parse_server_url(master);
  if (!server) return Error{ErrorCode::invalid, "--master: " + server.error().message};
  access.server = std::move(*server);
  access.origin += ", --master " + master;
  return access;
}

Result<ClusterAccess> merge_files(std::span<const fs::path> files, const std::string& context) {
  Merged merged;
  bool found = false;
  for (const fs::path& file : files) {
    merged.files += (merged.files.empty() ? "" : ":") + file.string();
    if (!is_there(file)) continue;
    found = true;
    if (auto added = add_file(fs::absolute(file), merged); !added) return added.error();
  }
  if (!found) return Error{ErrorCode::not_found, "kubeconfig " + merged.files + ": there is no such file"};
  return select_context(merged, context);
}

// yaml-cpp throws on odd accesses; every public door goes through here.
Result<ClusterAccess> load_without_throwing(std::span<const fs::path> files, const std::string& context) {
  try {
    return merge_files(files, context);
  } catch (const YAML::Exception& error) {
    return Error{ErrorCode::invalid, std::string("kubeconfig: unexpected structure: ") + error.what()};
  } catch (const fs::filesystem_error& error) {
    return Error{ErrorCode::invalid, std::string("kubeconfig: ") + error.what()};
  }
}

}  // namespace

Result<ClusterAccess> load_kubeconfig(std::span<const fs::path> files, const std::string& context,
                                      const std::string& master) {
  auto access = load_without_throwing(files, context);
  if (!access) return access;
  auto chosen = override_server(std::move(*access), master);
  if (chosen) drop_credentials_without_tls(*chosen);
  return chosen;
}

}  // namespace basalt::kube
