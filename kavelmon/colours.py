"""The colours of pages, charts and maps; the only place that names one. Contrast is given on white."""

INK = "#17212E"  # 16.2
INK_2 = "#46535F"  # 7.9
KAVEL = "#12355B"  # 12.5
NL = "#5C6975"  # 5.6
GOOD = "#1667A8"  # 5.9
BAD = "#B4480A"  # 5.4
SAME = NL
SELECT = "#8F2769"  # 7.9
WARN = "#8A5A00"
LINK = "#0F5C99"  # 7.0
BORDER = "#8391A0"  # 3.2
RULE = "#D5DCE3"
PANEL = "#F4F6F8"
MEMBER = "#C3CDD7"
MAP = ("#E4ECF3", "#B7CDE0", "#82A9C8", "#477FAB", "#1A4C7C")  # low to high; no judgement in it
MAP_NONE = PANEL
MAP_HATCH = "#C3CDD7"
