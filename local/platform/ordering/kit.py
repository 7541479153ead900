"""What faults of orders work with."""

from __future__ import annotations

from dataclasses import dataclass

from local.platform.aws import Aws
from local.platform.exchange.venue import Venue
from local.platform.holdings import Holdings
from local.platform.opening import Opener
from local.platform.ordering.flow import Flow
from local.platform.pace import Pace
from local.platform.venue_orders import VenueOrders


@dataclass(frozen=True)
class Ordering:
    """`opener`: positions at the venue and in the tables; `units`: a bot's own orders at the venue."""

    aws: Aws
    flow: Flow
    holdings: Holdings
    opener: Opener
    units: VenueOrders

    @classmethod
    def of(cls, aws: Aws, venue: Venue, pace: Pace) -> Ordering:
        flow = Flow(aws, venue, pace)
        return cls(aws, flow, Holdings(aws), Opener(aws, venue.exchange), VenueOrders(venue.exchange))
