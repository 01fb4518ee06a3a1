#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "basalt/base/result.hpp"

namespace basalt::embedded {

/// What the command line of basalt-cluster says.
struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8001;
  std::string kubeconfig;  ///< file to write; empty: none
  bool tls = false;        ///< with a certificate made at the start, unless files are given
  std::string certificate_file;
  std::string key_file;
  std::string token;
  std::vector<std::string> load;  ///< files of objects
  std::string snapshot;           ///< file that is read at the start and written at the end
  std::string journal;            ///< file to which every change is written; empty: none
  std::size_t history = 100'000;  ///< changes that are remembered for each kind
  int threads = 2;
  std::uint64_t seed = 0;  ///< of uids and names; 0: from the clock
  bool faults = false;
  bool help = false;
  bool version = false;
};

/// Reads the arguments after the program's name: "--flag value" or "--flag=value". Fails with `invalid`, naming the
/// argument.
Result<Options> parse_options(std::span<const std::string> arguments);

std::string help_text();

}  // namespace basalt::embedded
