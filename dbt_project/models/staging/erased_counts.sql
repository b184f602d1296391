select
    activity_date,
    {{ erased_counts_columns() | join(',\n    ') }}
from {{ rollup_relation('erased_counts') }}
