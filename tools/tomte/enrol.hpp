// The commands that let hosts into the fleet and throw them out. Each gives back the exit status.
#pragma once

#include <functional>
#include <string>

#include "tools/tomte/client.hpp"
#include "tools/tomte/screen.hpp"

namespace tomte {

struct InviteOptions {
    std::string host;
    bool replace = false;
    bool token_only = false;
    bool wait = true;  // for the host to come, to compare the words
    // Asks the person at the terminal; none: nobody is there to be asked.
    std::function<bool(std::string const& question)> ask;
    std::function<void()> pause;  // between two looks
};
// Prints the line to paste; then waits for the host and asks whether the words are the same.
int invite(Client& client, Screen& screen, InviteOptions const& options);

int show_invites(Client& client, Screen& screen);

struct ConfirmOptions {
    std::string host;   // or an invitation's id
    std::string words;  // as the host shows them; empty: show ours and ask
    bool refuse = false;
    std::function<bool(std::string const& question)> ask;
};
int confirm(Client& client, Screen& screen, ConfirmOptions const& options);

int revoke(Client& client, Screen& screen, std::string const& host);

}  // namespace tomte
