/// Invented people and concerts; any likeness to real ones is chance.
enum SaleNames {
  private static let families = [
    "김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황", "안", "송", "전", "홍",
  ]
  private static let given = [
    "서연", "민준", "지우", "하은", "도윤", "예준", "수아", "지호", "서준", "하린", "채원", "시우", "은우", "다은", "유진", "현우",
    "소율", "태윤", "나윤", "승현", "가온", "보람", "슬기", "한결", "아름", "초롱", "빛나", "새봄", "여울", "이든",
  ]
  /// Names that break a program which thinks that all names look alike.
  private static let elsewhere = [
    "Siobhán O'Neill", "Anaïs Dupont", "山田 はな", "Łukasz Żak", "Ng", "Zoë \"Zee\" Müller", "Ana\\María López",
  ]
  private static let artists = [
    "별하나", "은하정원", "새벽기차", "달빛소년단", "루미나인", "푸른고래", "오로라식스", "하늘정거장", "네온파도", "여름밤산책", "소나기밴드",
    "라온제나", "구름우체국", "종이비행선", "겨울숲", "모카라디오", "스텔라문", "아홉번째역", "물결합창단", "유리정원", "레몬행성", "바람의노래",
    "첫눈클럽", "초록등대",
  ]
  private static let events = [
    "전국투어", "앙코르", "봄 콘서트", "여름 페스타", "가을 음악회", "겨울 이야기", "10주년 기념", "단독 콘서트", "팬 미팅", "어쿠스틱", "심야 콘서트",
    "월드투어", "데뷔 무대", "오케스트라 협연", "작은 음악회",
  ]
  private static let cities = ["서울", "부산", "광주"]

  /// One person in fifty comes from elsewhere.
  static func customer(_ random: inout SeedRandom) -> String {
    if random.below(50) == 0 { return elsewhere[random.below(elsewhere.count)] }
    return families[random.below(families.count)] + given[random.below(given.count)]
  }

  /// The concert of this index; 1,080 different ones, then they repeat.
  static func concert(_ index: Int) -> String {
    let event = events[index / artists.count % events.count]
    let city = cities[index / (artists.count * events.count) % cities.count]
    return "\(artists[index % artists.count]) \(event) · \(city)"
  }
}
