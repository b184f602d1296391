{{ config(materialized='incremental', unique_key='visit_id') }}

select
    1 as visit_id,
    '{{ "added" if is_incremental() else "made" }}' as how
