#pragma once

#include "daemon/telemetry_server.hpp"
#include "recording/recorder.hpp"
#include "scheduler/mailbox.hpp"
#include "scheduler/questions.hpp"

namespace basalt::daemon {

/// GET PATH, PATH/jobs/NAMESPACE/NAME and PATH/pods/NAMESPACE/NAME: why what waits waits, as text, or with ?format=json
/// as JSON. `path` is where the service stands. REQUIRES: `questions` outlives the server.
[[nodiscard]] Service explain_service(Questions& questions, std::string path = "/v1/explain");

/// GET says what becomes of the recording; POST ?start and ?stop, from this machine only, begin and end it. `recorder`
/// null: there is no folder for recordings. REQUIRES: both outlive the server.
[[nodiscard]] Service record_service(Recorder* recorder, Mailbox& mailbox);

}  // namespace basalt::daemon
