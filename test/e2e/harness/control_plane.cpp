#include "e2e/harness/control_plane.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "e2e/harness/subprocess.hpp"

namespace basalt::e2e {
namespace {

std::string script() { return source_folder() / "test" / "e2e" / "control_plane.sh"; }

}  // namespace

std::filesystem::path source_folder() { return BASALT_E2E_SOURCE_FOLDER; }

std::filesystem::path control_plane_binaries() {
  const char* folder = std::getenv("BASALT_E2E_CONTROL_PLANE");
  return folder == nullptr ? "" : folder;
}

ControlPlane::ControlPlane(std::filesystem::path folder) : folder_(std::move(folder)) {
  output_of(
      {.words = {script(), "start", folder_}, .variables = {{"BASALT_CONTROL_PLANE_OWNER", std::to_string(getpid())}}});
}

ControlPlane::~ControlPlane() {
  try {
    output_of({.words = {script(), "stop", folder_}});
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
  }
}

std::filesystem::path ControlPlane::kubeconfig(const std::string& user) const {
  return folder_ / (user + ".kubeconfig");
}

void ControlPlane::kill(const std::string& server) { output_of({.words = {script(), "kill", folder_, server}}); }

void ControlPlane::resume(const std::string& server) { output_of({.words = {script(), "resume", folder_, server}}); }

}  // namespace basalt::e2e
