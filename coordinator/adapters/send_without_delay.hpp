// Turns Nagle's algorithm off where a library does not let us at its socket.
#pragma once

namespace coordinator {

// Of every TCP connection of this process to a peer's `port`.
void send_without_delay(int port);

}  // namespace coordinator
