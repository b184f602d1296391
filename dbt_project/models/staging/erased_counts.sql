select * from {{ rollup_relation('erased_counts') }}
