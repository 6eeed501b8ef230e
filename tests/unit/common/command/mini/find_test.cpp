#include "common/command/mini/find.hpp"

#include "tests/unit/common/command/mini/table.hpp"

namespace command {
namespace {

Verdict find(std::string_view text) { return check_find(words(text)); }

TEST(Find, Takes_every_test_that_only_looks) {
    expect_allowed(find, {
                             "/var/log",
                             "/var/log -name *.log",
                             "/var/log /tmp -type f -size +50M",
                             "-L /etc -maxdepth 2 -type l -ls",
                             "/tmp -mtime +30 -print",
                             "/tmp -mmin -5 -o -amin +0.5",
                             "/ -xdev -type f,d -size -10k -printf %s\\t%p\\n",
                             "/srv ( -name a -o -name b ) -a ! -empty",
                             "/srv -not ( -path */.git/* -prune ) -print0",
                             "/usr/src -name CVS -prune -o -mindepth 7 -print",
                             "/home -user pi -group www-data -perm -4000",
                             "/home -nouser -o -nogroup",
                             "/srv -perm /u+s,g+s -quit",
                             "/var -newer /etc/fstab",
                             "/var -newermt 2026-01-01",
                             "/var -newercm /etc/hosts -daystart",
                             "/var -regextype posix-extended -regex .*[.]log",
                             "/var -samefile /var/log -inum 12 -links 2",
                             "-H -O2 -- /var -fstype ext4 -name x",
                             "-name x",
                             "/usr -name -exec",
                         });
}

TEST(Find, Refuses_whatever_runs_writes_or_deletes) {
    expect_refused(find, {
                             "/ -delete",
                             "/ -name x -delete",
                             "/srv -exec rm {} ;",
                             "/srv -exec rm {} +",
                             "/srv -execdir id ;",
                             "/srv -ok rm {} ;",
                             "/srv -okdir rm {} ;",
                             "/ -fprint /etc/fstab",
                             "/ -fprint0 /etc/fstab",
                             "/ -fprintf /etc/fstab %p",
                             "/ -fls /etc/fstab",
                             "-files0-from /etc/shadow",
                             "-D exec /",
                             "/srv -name a -execdir=x",
                             "/srv --delete",
                             "/srv -dele",
                             "/srv -printf",
                             "/srv -name",
                             "/srv -size 5Q",
                             "/srv -type z",
                             "/srv -type f,",
                             "/srv -maxdepth x",
                             "/srv -printf %{x}",
                             "/srv -user ../x",
                             "/srv ( -name x",
                             "/srv -name x )",
                             "/srv -o -name x",
                             "/srv -name x -o",
                             "/srv -name x /etc",
                         });
}

TEST(Find, Claims_the_paths_it_looks_at_and_compares_with) {
    auto const verdict = find("/a /b -newer /c -name x");
    EXPECT_EQ(verdict.claims,
              (std::vector<Claim>{{"path_meta", "/a"}, {"path_meta", "/b"}, {"path_meta", "/c"}}));
    EXPECT_EQ(find("-type f").claims, (std::vector<Claim>{{"path_meta", "."}}));
}

TEST(Find, Stops_at_a_depth_instead_of_counting_on) {
    std::vector<std::string> args{"/srv"};
    args.insert(args.end(), 100, "(");
    EXPECT_EQ(check_find(args).rule, "find.depth");
}

}  // namespace
}  // namespace command
