"""The township of the scenarios: a village with a collective, an officer in every office, three households with their houses, tenants; and the
ways from a draft to a scheme in force, an open offer, a lease, each over HTTP. The other village has a household of its own.

A township can be copied as it stands: each scenario begins from a copy and has its own server, clock and log."""
import copy
import datetime
import hashlib
import shutil

DAY = 86400 * 1000
FIRST_DAY = "2026-01-05"


def day(text):
    return datetime.date.fromisoformat(text)


def after(text, days):
    return (day(text) + datetime.timedelta(days)).isoformat()


class Township:
    def __init__(self, server):
        self.server = server
        self.id = {}  # numbers of objects, by name
        self.who = {}  # people, by name

    def __getattr__(self, name):
        try:
            return self.__dict__["who"][name]
        except KeyError:
            raise AttributeError(name) from None

    def copied(self, folder):
        """The same township in another folder, with a server of its own that runs."""
        self.server.stop()
        shutil.copytree(self.server.folder, folder)
        server = self.server.again(folder)
        other = Township(server)
        other.id = copy.deepcopy(self.id)
        for name, person in self.who.items():
            fresh = person.fresh()
            fresh.server, fresh.step = server, copy.copy(person.step)
            other.who[name] = fresh
        server.start()
        return other

    @property
    def today(self):
        return self.server.today

    def rows(self, kind):
        return self.server.log.rows(kind)

    def row(self, kind, number):
        return self.server.log.rows(kind)[number]

    # --- founding, by the township's officer

    def document(self, kind, place=None):
        """A source: its document's hash is that of a few words."""
        words = "%s %d" % (kind, len(self.id))
        return self.officer.do("source_add", "township", kind=kind, document=hashlib.sha256(words.encode()).hexdigest(), issuer="镇政府",
                               dated=self.today, place=place or self.id["township"])["source"]

    def party(self, name, kind="person", place=None, text=None):
        self.id[name] = self.officer.do("party_add", "township", kind=kind, place=place or self.id["township"], name=text or name,
                                        **({"id_number": "33010119700101%04d" % len(self.id), "phone": "138%08d" % len(self.id)}
                                           if kind == "person" else {}))["party"]
        return self.id[name]

    def office(self, name, role, place, kind="person"):
        """The account comes first: an officer makes none for those who supervise it."""
        self.party(name, kind, place)
        self.server.account(self, name)
        return self.grant(name, role, place)

    def grant(self, name, role, place):
        return self.officer.do("role_grant_add", "township", party=self.id[name], role=role, place=place)["role_grant"]

    def kin(self, one, other):
        self.officer.do("kin_add", "township", one=self.id[one], other=self.id[other], relation="兄弟姐妹")

    def household(self, name, village, people, year=1970):
        """A household of adults with a homestead; the first is its representative."""
        place, collective = self.id[village], self.id[village + ".collective"]
        self.party(name, "household", place, name + "户")
        for i, person in enumerate(people):
            self.party(person, place=place)
            self.officer.do("household_member_add", "township", household=self.id[name], person=self.id[person], right_holder=True, head=i == 0,
                            born="%d-05-01" % (year + i), capacity="full")
            self.officer.do("membership_add", "township", collective=collective, person=self.id[person], source=self.id["resolution"],
                            **{"from": self.today})
        parcel = self.officer.do("parcel_add", "township", village=place, number="JC%04d" % len(self.id), area_cm2=1200000, hazard=False,
                                 heritage=False, farmland=False)["parcel"]
        building = self.officer.do("building_add", "township", parcel=parcel, year=1996, floors=2, area_cm2=1500000, safety="b",
                                   source=self.id["report"])["building"]
        self.id[name + ".unit"] = self.officer.do("baunit_add", "township", parcel=parcel, building=building, household=self.id[name],
                                                  collective=collective, source=self.id["certificate"])["baunit"]

    def found(self):
        """Everything but the accounts, as the township's officer enters it."""
        for kind in ("certificate", "resolution", "order", "minutes", "report", "statement", "contract"):
            self.id[kind] = self.document(kind)
        self.officer.do("parameter_set", "township", place=self.id["township"], key="area_cap_cm2", value=1600000, source="省土地管理条例",
                        **{"from": self.today})
        for number, village in ((1, "south"), (2, "north")):
            self.id[village] = self.officer.do("place_add", "township", code="330101101%d" % (200 + number), level="village",
                                               parent=self.id["township"], name={"south": "南村", "north": "北村"}[village])["place"]
            self.party(village + ".collective", "collective", self.id[village], village + "股份经济合作社")
        south = self.id["south"]
        self.office("officer2", "township", self.id["township"])
        for name, role in (("auditor", "auditor"), ("bank", "bank")):
            self.office(name, role, self.id["township"])
        self.office("court", "court", self.id["township"], "court")
        for name, role in (("clerk", "clerk"), ("clerk2", "clerk"), ("council", "council"), ("council2", "council"),
                           ("supervisor", "supervisors"), ("party_org", "party_org"), ("treasurer", "treasurer")):
            self.office(name, role, south)
        self.household("wang", "south", ["wang1", "wang2", "wang3"])
        self.household("li", "south", ["li1"])
        self.household("zhao", "south", ["zhao1"])
        self.household("qian", "north", ["qian1"])
        self.kin("zhao1", "clerk")
        self.party("nephew")
        self.kin("council", "nephew")
        self.party("tenant")
        self.party("tenant2")
        for name in [person for people in self.PEOPLE.values() for person in people] + ["tenant", "tenant2"]:
            self.server.account(self, name)

    # --- a scheme

    SCHEME = dict(purpose="homestead_use", uses=0b1111111, farmer_bp=7000, collective_bp=2000, reserve_bp=1000, floor_fen_m2_year=1000,
                  notice_days=7, collective_role="witness")

    def scheme(self, to="active", **terms):
        """A scheme of the village as far as wanted."""
        made = self.council.do("scheme_draft", "council", collective=self.id["south.collective"], **dict(self.SCHEME, **terms))
        scheme = self.id["scheme"] = made["scheme"]
        self.party_org.do("scheme_discuss", "party_org", scheme=scheme, source=self.id["minutes"])
        if to == "discussed":
            return scheme
        self.meeting(scheme, after(self.today, 10))
        if to == "called":
            return scheme
        self.server.move_days(10)
        self.count()
        self.council.do("scheme_publicise", "council", scheme=scheme)
        self.server.move_days(8)
        self.officer.do("scheme_file", "township", scheme=scheme)
        self.officer.do("scheme_activate", "township", scheme=scheme)
        return scheme

    def meeting(self, scheme, held, kind="assembly", papers=None):
        made = self.council.do("scheme_call", "council", scheme=scheme, kind=kind, held=held, papers=papers or self.today)
        self.id["meeting"] = made["meeting"]
        return made["meeting"]

    def count(self, **votes):
        """Five members of the village have full capacity; all are there and say yes."""
        n = dict(attended=5, yes=5, no=0, abstain=0)
        n.update(votes)
        self.supervisor.do("meeting_count", "supervisors", meeting=self.id["meeting"], minutes=self.id["minutes"], **n)

    # --- an offer

    def terms(self, household, **other):
        return dict(dict(baunit=self.id[household + ".unit"], asking_fen_year=1800000, months=120, uses=0b101, deposit_fen=300000,
                         other_housing=True, title=self.id["certificate"], summary="两层，带院子", housing_source=self.id["statement"]), **other)

    PEOPLE = {"wang": ["wang1", "wang2", "wang3"], "li": ["li1"], "zhao": ["zhao1"], "qian": ["qian1"]}

    def offer(self, household, to="open", **other):
        people = [self.who[p] for p in self.PEOPLE[household]]
        offer = people[0].do("offer_draft", "holder_rep", **self.terms(household, **other))["offer"]
        if to == "draft":
            return offer
        for person in people:
            person.do("offer_consent", "holder", offer=offer, person=person.party, warned=True)
        if to == "consented":
            return offer
        self.clerk.do("offer_verify", "clerk", offer=offer)
        self.council.do("offer_acknowledge", "council", offer=offer)
        self.officer.do("offer_review", "township", offer=offer)
        if to == "notice":
            return offer
        self.server.move_days(8)
        return offer

    # --- a lease

    def match(self, household, offer, start, fen_year=1800000):
        """Members come first for a week; then the tenant's bid is chosen."""
        self.server.move_days(8)
        bid = self.tenant.do("bid_place", "lessee", offer=offer, fen_year=fen_year, purpose="residence")["bid"]
        head = self.who[self.PEOPLE[household][0]]
        return head.do("offer_match", "holder_rep", offer=offer, bid=bid, start=start, step_bp=0, step_years=0, period_months=6)["lease"]

    def sign(self, household, lease):
        self.council.do("lease_sign", "council", lease=lease)
        self.tenant.do("lease_sign", "lessee", lease=lease)
        for person in self.PEOPLE[household]:
            self.who[person].do("lease_sign", "holder", lease=lease)
        self.officer.do("lease_sign", "township", lease=lease)

    def file(self, lease, start):
        self.officer.do("lease_publicise", "township", lease=lease)
        self.server.move_days(8)
        self.officer.do("lease_file", "township", lease=lease)
        self.server.move_to(start)

    def lease(self, household, start, **other):
        """From the draft to a lease that runs."""
        offer = self.offer(household, **other)
        lease = self.match(household, offer, start)
        self.sign(household, lease)
        self.file(lease, start)
        return lease

    def lines(self, lease):
        return [l for l in self.rows("rent_line").values() if l["lease"] == lease and not l.get("cancelled")]

    def pay(self, line, fen=None):
        self.bank.do("receipt_post", "bank", line=line["id"], amount_fen=fen or line["amount_fen"], bank_ref="流水%d-%s" % (line["id"], self.today))
