// cpprestsdk's threads live until the process ends, with whatever they were about to do: no leaks of ours. What OpenSSL
// keeps for each of those threads cannot be told by its stack.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: the name is LeakSanitizer's

const char* __lsan_default_suppressions() {
  return "leak:libcpprest\nleak:pplx::\nleak:cpprest_connection.cpp\nleak:libcrypto\nleak:libssl\n";
}
