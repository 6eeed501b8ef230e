# Debian 12 on amd64: what a stripped program may weigh, in KiB.
set(TOMTE_BUDGET_tomte-agent 1100)
set(TOMTE_BUDGET_tomte-hand 1400)
set(TOMTE_BUDGET_tomte 2400)
set(TOMTE_BUDGET_tomte-coordinator 4200)
