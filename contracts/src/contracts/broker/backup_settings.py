"""The settings of backups."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.broker import setting_kinds as kinds
from contracts.broker.network_settings import NetworkSettings
from contracts.broker.schedules import Schedule
from contracts.broker.setting_kinds import number, setting


_BEFORE_CLEANING = Schedule(text="45 1 * * *")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSettings(NetworkSettings):
    """Where, when and how backups are made; none of them is in the reference broker."""

    database_backup_folder: str = setting(
        "",
        kinds.TEXT,
        "make backups on a schedule in this folder, which must exist, see [backup](#backup); not in the reference "
        "broker, like the next four",
    )
    database_backup_cron_schedule: Schedule = setting(
        _BEFORE_CLEANING, kinds.SCHEDULE, "when: minute, hour, day, month, day of the week; UTC"
    )
    database_backup_copies: int = setting(
        7, number(1), "number of scheduled backups to keep; the oldest are removed after a new one is verified"
    )
    database_backup_tools: str = setting(
        "", kinds.TEXT, "folder of pg_dump and pg_restore; empty: they are found in PATH and the usual places"
    )
    database_backup_verification_url: str = setting(
        "",
        kinds.ADDRESS,
        "PostgreSQL server where backups are restored for a check, in a temporary database; empty: the same server",
    )
