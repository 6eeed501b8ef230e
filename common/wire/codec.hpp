// JSON <-> messages; the only place where JSON meets a domain type. decode() checks every byte it
// is given: size and depth, types, closed lists, ids and ranges; a message names the key at fault.
// Where a payload is signed, verify (trust/jws.hpp) before calling decode.
#pragma once

#include <string>
#include <string_view>

#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/wire/messages.hpp"

namespace wire {

// decode<Welcome>(payload); one specialisation per message, none other links.
template <class Message>
base::Result<Message> decode(std::string_view payload);

std::string encode(domain::Command const& command);
std::string encode(domain::CommandResult const& result);
std::string encode(domain::Signal const& signal);
std::string encode(Cancel const& message);
std::string encode(Birth const& message);
std::string encode(Welcome const& message);
std::string encode(AgentHeartbeat const& message);
std::string encode(CoordinatorHeartbeat const& message);
std::string encode(CoordinatorStatus const& message);
std::string encode(Ack const& message);
std::string encode(Telemetry const& message);
std::string encode(JournalRecord const& record);
std::string encode(JournalBatch const& message);
std::string encode(JournalAck const& message);
std::string encode(RemediesDocument const& message);
std::string encode(domain::Lease const& message);
std::string encode(Reported const& message);
std::string encode(Freeze const& message);
std::string encode(ChainHead const& message);
std::string encode(Approval const& message);

template <> base::Result<domain::Command> decode<domain::Command>(std::string_view payload);
template <> base::Result<domain::CommandResult> decode<domain::CommandResult>(
    std::string_view payload);
template <> base::Result<domain::Signal> decode<domain::Signal>(std::string_view payload);
template <> base::Result<Cancel> decode<Cancel>(std::string_view payload);
template <> base::Result<Birth> decode<Birth>(std::string_view payload);
template <> base::Result<Welcome> decode<Welcome>(std::string_view payload);
template <> base::Result<AgentHeartbeat> decode<AgentHeartbeat>(std::string_view payload);
template <> base::Result<CoordinatorHeartbeat> decode<CoordinatorHeartbeat>(
    std::string_view payload);
template <> base::Result<CoordinatorStatus> decode<CoordinatorStatus>(std::string_view payload);
template <> base::Result<Ack> decode<Ack>(std::string_view payload);
template <> base::Result<Telemetry> decode<Telemetry>(std::string_view payload);
template <> base::Result<JournalRecord> decode<JournalRecord>(std::string_view payload);
template <> base::Result<JournalBatch> decode<JournalBatch>(std::string_view payload);
template <> base::Result<JournalAck> decode<JournalAck>(std::string_view payload);
template <> base::Result<RemediesDocument> decode<RemediesDocument>(std::string_view payload);
template <> base::Result<domain::Lease> decode<domain::Lease>(std::string_view payload);
template <> base::Result<Reported> decode<Reported>(std::string_view payload);
template <> base::Result<Freeze> decode<Freeze>(std::string_view payload);
template <> base::Result<ChainHead> decode<ChainHead>(std::string_view payload);
template <> base::Result<Approval> decode<Approval>(std::string_view payload);

// `PRESS` or {"id","params"}; `fallback_id` names a plain press.
base::Result<Press> decode_press(std::string_view offer, std::string_view payload,
                                 std::string_view fallback_id);

// The pieces other codecs of ours share (the coordinator's journal and HTTP API).
void write(base::json::Writer& writer, domain::Signal const& signal);
void write(base::json::Writer& writer, domain::CommandResult const& result);
void write(base::json::Writer& writer, domain::Remedy const& remedy);
void write(base::json::Writer& writer, domain::LocalFix const& fix);
void write(base::json::Writer& writer, domain::Lease const& lease);
void write_object(base::json::Writer& writer, std::map<std::string, std::string> const& entries);
base::Result<domain::Signal> read_signal(base::json::Value value);
base::Result<domain::CommandResult> read_result(base::json::Value value);
base::Result<domain::Remedy> read_remedy(base::json::Value value);
base::Result<domain::LocalFix> read_local_fix(base::json::Value value);
base::Result<domain::Lease> read_lease(base::json::Value value);
base::Result<std::map<std::string, std::string>> read_object(base::json::Value value);

}  // namespace wire
