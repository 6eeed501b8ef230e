#include "common/command/mini/docker_format.hpp"

#include "tests/unit/common/command/mini/table.hpp"

namespace command {
namespace {

Verdict inspect(std::string_view text) { return check_docker_format(text, true); }
Verdict listing(std::string_view text) { return check_docker_format(text, false); }

TEST(DockerFormat, Shows_fields_of_an_object_that_tell_its_state) {
    expect_allowed(
        inspect,
        {
            "{{.State.Status}}",
            "{{.Config.Image}}",
            "{{json .State.Health}}",
            "{{.State.Status}} (Exit: {{.State.ExitCode}}, OOMKilled: {{.State.OOMKilled}})",
            "{{.HostConfig.RestartPolicy.Name}}",
            "{{range .Mounts}}{{.Source}} -> {{.Destination}}{{println}}{{end}}",
            "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{$v.IPAddress}}{{end}}",
            "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
            "{{.NetworkSettings.Networks.bridge.IPAddress}}",
            "{{(index .NetworkSettings.Ports \"80/tcp\")}}",
            "{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}",
            "{{range $p, $conf := .NetworkSettings.Ports}}{{$p}}={{(index $conf 0).HostPort}} "
            "{{end}}",
            "{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}",
            "{{if eq .State.Status \"running\"}}up{{end}}",
            "{{- with .State -}}{{.Status}}{{- end -}}",
            "{{.Name}}\\t{{.RestartCount}}",
            "{{range .HostConfig.Binds}}{{.}}{{end}}",
            "{{index .Config.Labels \"com.docker.compose.project\"}}",
            "{{.Id}}",
            "{{.Created | printf \"%.10s\"}}",
            "{{len .Mounts}}",
            "{{join .RepoTags \", \"}}",
            "plain text",
        });
}

TEST(DockerFormat, Refuses_what_may_hold_passwords) {
    expect_refused(inspect,
                   {
                       "{{.Config.Env}}",
                       "{{json .Config.Env}}",
                       "{{range .Config.Env}}{{println .}}{{end}}",
                       "{{with .Config}}{{.Env}}{{end}}",
                       "{{with .Config}}{{.}}{{end}}",
                       "{{json .Config}}",
                       "{{json .}}",
                       "{{.}}",
                       "{{$}}",
                       "{{$.Config.Env}}",
                       "{{$x := .Config}}{{$x.Env}}",
                       "{{$x := .}}{{$x}}",
                       "{{range $k, $v := .}}{{$v}}{{end}}",
                       "{{index . \"Config\"}}",
                       "{{(index . \"Config\").Env}}",
                       "{{index .Config \"Env\"}}",
                       "{{index .Config.Env 0}}",
                       "{{.Config.Labels}}",
                       "{{index .Config.Labels \"traefik.http.middlewares.auth.basicauth.users\"}}",
                       "{{range .Config.Labels}}{{.}}{{end}}",
                       "{{index .Config.Labels .Name}}",
                       "{{.Args}}",
                       "{{.Config.Cmd}}",
                       "{{json .HostConfig}}",
                       "{{.HostConfig.LogConfig}}",
                       "{{.HostConfig.LogConfig.Config}}",
                       "{{.HostConfig.Mounts}}",
                       "{{.Options}}",
                       "{{.Config.CreateCommand}}",
                       "{{.Spec.TaskTemplate.ContainerSpec.Env}}",
                       "{{.Spec.TaskTemplate.ContainerSpec}}",
                       "{{.Spec.Data}}",
                       "{{if .State}}{{.}}{{end}}",
                       "{{with .State}}{{else}}{{.}}{{end}}",
                       "{{range .Mounts}}{{$.Config.Env}}{{end}}",
                       "{{range .Mounts}}{{end}}{{.}}",
                       "json",
                       "pretty",
                       "{{call .X}}",
                       "{{template \"x\"}}",
                       "{{define \"x\"}}{{end}}",
                       "{{.State.Status",
                       "{{range .Mounts}}",
                       "{{end}}",
                       "{{",
                       "{{/* x */}}",
                       "",
                   });
}

TEST(DockerFormat, Shows_more_of_a_listing_but_no_secret) {
    expect_allowed(listing, {
                                "{{.Names}}: {{.Status}}",
                                "table {{.Names}}\\t{{.Status}}\\t{{.Image}}",
                                "{{json .}}",
                                "json",
                                "table",
                                "{{.Repository}}:{{.Tag}} {{.Size}}",
                                "{{.Label \"com.docker.compose.service\"}}",
                                "{{.ServerVersion}}",
                            });
    expect_refused(listing, {
                                "{{.Labels}}",
                                "{{.Label \"traefik.auth\"}}",
                                "{{.Label .Names}}",
                                "{{.Env}}",
                                "{{.Config.Env}}",
                                "{{.Swarm.JoinTokens}}",
                            });
}

TEST(DockerFormat, Stops_at_a_depth) {
    EXPECT_EQ(inspect("{{" + std::string(100, '(')).rule, "docker_format.depth");
    std::string blocks;
    for (int i = 0; i < 20; ++i) blocks += "{{if .Id}}";
    EXPECT_EQ(inspect(blocks).rule, "docker_format.depth");
}

}  // namespace
}  // namespace command
