-- Law 3: nothing vanishes. A row is a file of a bill that counted at an earlier build and of which nothing can be read any more.
-- This stops the build before the marts, which stay as the last good build left them. Mend the file, or take it out of the landing zone to build without it.
select
    source,
    file_path,
    rows_lost,
    reason
from {{ ref('landing_files') }}
where rows_lost > 0
