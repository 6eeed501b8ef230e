// Operands that are programs in small languages of their own.
#include "common/command/mini/awk.hpp"
#include "common/command/mini/docker_format.hpp"
#include "common/command/mini/jq.hpp"
#include "common/command/mini/sed.hpp"
#include "common/command/mini/small.hpp"
#include "common/command/mini/sql.hpp"
#include "common/command/operand_checks.hpp"

namespace command::operand {
namespace {

Fit fit_of(Verdict verdict, Context const& context) {
    for (auto const& claim : verdict.claims) {
        auto const type = parse_operand_type(claim.type);
        if (!type) return wrong("'" + claim.text + "' is of no known type");
        if (auto fit = check_operand(*type, claim.text, context); !fit) return fit;
    }
    return Fit{verdict.risk, std::move(verdict.rule), std::move(verdict.reason)};
}

}  // namespace

#define TOMTE_MINI(name, call)                                        \
    Fit check_##name(std::string_view word, Context const& context) { \
        return fit_of(call, context);                                 \
    }

TOMTE_MINI(sed, command::check_sed(word))
TOMTE_MINI(awk, command::check_awk(word))
TOMTE_MINI(awk_assignment, command::check_awk_assignment(word))
TOMTE_MINI(jq, command::check_jq(word))
TOMTE_MINI(sql_psql, command::check_sql_psql(word))
TOMTE_MINI(sql_sqlite, command::check_sql_sqlite(word))
TOMTE_MINI(sql_mysql, command::check_sql_mysql(word))
TOMTE_MINI(promql, command::check_promql(word))
TOMTE_MINI(docker_format, command::check_docker_format(word))
TOMTE_MINI(journal_vacuum_time, command::check_journal_vacuum_time(word))
TOMTE_MINI(journal_vacuum_size, command::check_journal_vacuum_size(word))
TOMTE_MINI(date_format, command::check_date_format(word))
TOMTE_MINI(stat_format, command::check_stat_format(word))
#undef TOMTE_MINI

}  // namespace command::operand
