def model(dbt, session):
    dbt.config(materialized="table")
    import sys
    session.execute("create schema if not exists raw; create or replace table raw.x as select 1 as a")
    return session.sql("select 1 as a, 'x' as b")
